import type { Kinds } from '@tidemark/sketch';
import type { ComparedColumn } from '../baseline/compared-column.ts';
import type { MeasureName } from '../drift/index.ts';
import { textTable } from './text-table.ts';

/** Names longer than this are cut in their middle, where they differ least. */
const MAX_NAME = 32;

/** Scores of 0 to 1, whatever the kind and unit of a column: the largest tells how much of it has moved. */
const MOVED = ['js', 'ks', 'range_share', 'unseen_share', 'sliced_wasserstein', 'correlation_change'] as const;

/** What is smaller than this is what arithmetic leaves over. */
const NOTHING = 1e-9;

/** A comparison for people: a table for each kind of column, what moved most first, and below it what could not be compared. */
export function comparisonText(title: string, columns: readonly ComparedColumn[], width: number): string {
  const sections = [title];
  for (const kind of ['number', 'category', 'vector', 'pair'] as const) {
    const scored = columns.filter((column) => column.kind === kind && column.error === null);
    if (scored.length > 0) sections.push(scoresTable(kind, scored, width));
  }
  const failed = columns.filter(({ error }) => error !== null);
  if (failed.length > 0) {
    const lines = failed.map(({ name, error }) => `  ${name}: ${error}`);
    sections.push(['not compared', ...lines].join('\n'));
  }
  return sections.join('\n\n');
}

/** A compared column for programs. */
export function comparedJson({ name, kind, reference, live, scores, error }: ComparedColumn) {
  return {
    name,
    kind,
    n_ref: reference.valid,
    n_live: live.valid,
    scores,
    ref: countsOf(reference),
    live: countsOf(live),
    ...(error === null ? {} : { error }),
  };
}

function scoresTable(kind: string, columns: readonly ComparedColumn[], width: number): string {
  const scores = [...new Set(columns.flatMap((column) => Object.keys(column.scores) as MeasureName[]))];
  const sorted = columns.toSorted((a, b) => moved(b) - moved(a));
  const rows = sorted.map(({ name, reference, live, scores: found }) => [
    shortName(name),
    String(reference.valid),
    String(live.valid),
    ...scores.map((score) => figure(found[score])),
  ]);
  return textTable([kind, 'n_ref', 'n_live', ...scores], rows, width).join('\n');
}

function moved({ reference, live, scores }: ComparedColumn): number {
  const nulls = Math.abs(nullShareOf(live) - nullShareOf(reference));
  return Math.max(nulls, ...MOVED.map((name) => Math.abs(scores[name] ?? 0)));
}

function nullShareOf({ missing, nan, total }: Kinds): number {
  return total === 0 ? 0 : (missing + nan) / total;
}

/** What the values are, also those that were not scored. */
function countsOf({ total, missing, nan, positiveInfinity, negativeInfinity, wrongType }: Kinds) {
  return { rows: total, missing, nan, infinite: positiveInfinity + negativeInfinity, wrong_type: wrongType };
}

function figure(score: number | undefined): string {
  if (score === undefined) return '-';
  if (Math.abs(score) < NOTHING) return '0';
  if (Math.abs(score) < 0.0005) return score.toExponential(0);
  return Math.abs(score) >= 1000 ? score.toPrecision(4) : score.toFixed(3);
}

function shortName(name: string): string {
  return name.length <= MAX_NAME ? name : `${name.slice(0, MAX_NAME / 2)}…${name.slice(1 - MAX_NAME / 2)}`;
}
