import type { Summary } from '@tidemark/sketch';
import { listedOf } from '../drift/certain-counts.ts';
import { nullShare, rangeShare, typeShare, unseenShare } from '../drift/shares.ts';

/** Lines of one kind at most: a page is read at night. */
const MOVED_CATEGORIES = 3;

/** Shares that moved by less than this are left out: a point, in percent. */
const LEAST_MOVE = 0.01;

/**
 * What is different between a baseline (null where none is compared with) and the live span, in plain lines, most
 * telling first: `share missing 0 % -> 31 %`, `median 650 -> 1047`, `ATL 6 % -> 0 %`.
 */
export function evidenceOf(live: Summary, reference: Summary | null): string[] {
  const lines = [
    ...shareLine('share missing', nullShare, live, reference),
    ...shareLine('share of a wrong type', typeShare, live, reference),
  ];
  if (live.kind === 'number') lines.push(...numberLines(live, reference));
  else if (live.kind === 'pair') lines.push(...pairLines(live, reference));
  else lines.push(...categoryLines(live, reference));
  return lines;
}

function shareLine(
  name: string,
  share: (summary: Summary) => number,
  live: Summary,
  reference: Summary | null,
): string[] {
  const now = share(live);
  const before = reference ? share(reference) : Number.NaN;
  const moved = Math.abs(now - (Number.isNaN(before) ? 0 : before));
  if (Number.isNaN(now) || moved < LEAST_MOVE) return [];
  return [Number.isNaN(before) ? `${name} ${percent(now)}` : `${name} ${percent(before)} -> ${percent(now)}`];
}

function numberLines(live: Summary, reference: Summary | null): string[] {
  if (live.digest.count === 0) return [];
  const hasReference = reference !== null && reference.digest.count > 0;
  const [p5, p50, p95] = live.digest.quantiles([0.05, 0.5, 0.95]).map(short);
  const outside = rangeShare(live, hasReference ? reference : null);
  const range =
    outside > 0
      ? [`share outside the ${hasReference ? "baseline's range" : 'declared range'} ${percent(outside)}`]
      : [];
  if (!hasReference) return [...range, `median ${p50}`, `5 % to 95 % of values ${p5} to ${p95}`];
  const [q5, q50, q95] = reference.digest.quantiles([0.05, 0.5, 0.95]).map(short);
  return [
    ...(q50 === p50 ? [] : [`median ${q50} -> ${p50}`]),
    `mean ${short(reference.moments.mean)} -> ${short(live.moments.mean)}`,
    `5 % to 95 % of values ${q5} to ${q95} -> ${p5} to ${p95}`,
    ...range,
  ];
}

function pairLines(live: Summary, reference: Summary | null): string[] {
  const [before, now] = [reference?.pairs.correlation ?? Number.NaN, live.pairs.correlation];
  if (Number.isNaN(now)) return [];
  return [Number.isNaN(before) ? `correlation ${short(now)}` : `correlation ${short(before)} -> ${short(now)}`];
}

function categoryLines(live: Summary, reference: Summary | null): string[] {
  const now = live.categories;
  if (now.total === 0) return [];
  const unseen = unseenShare(live, reference);
  const lines = unseen > 0 ? [`share of new values ${percent(unseen)}`] : [];
  if (reference === null || reference.categories.total === 0) {
    for (const { key, count } of now.entries(MOVED_CATEGORIES)) lines.push(`${key} ${percent(count / now.total)}`);
    return lines;
  }
  const before = listedOf(reference.categories).counts;
  const after = new Map(now.entries().map(({ key, count }) => [key, count]));
  const moves: { readonly key: string; readonly from: number; readonly to: number }[] = [];
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    const from = (before.get(key) ?? 0) / reference.categories.total;
    const to = (after.get(key) ?? 0) / now.total;
    if (Math.abs(to - from) >= LEAST_MOVE) moves.push({ key, from, to });
  }
  moves.sort((a, b) => Math.abs(b.to - b.from) - Math.abs(a.to - a.from) || (a.key < b.key ? -1 : 1));
  const moved = moves.slice(0, MOVED_CATEGORIES);
  return [...lines, ...moved.map(({ key, from, to }) => `${key} ${percent(from)} -> ${percent(to)}`)];
}

/** A share in percent with what digits it deserves: `31 %`, `0.4 %`, never `0 %` for something. */
export function percent(share: number): string {
  const points = share * 100;
  if (points === 0) return '0 %';
  return `${points < 0.01 ? '<0.01' : Number(points.toPrecision(points >= 10 ? 3 : 2))} %`;
}

/** A number with four digits that count. */
export function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}
