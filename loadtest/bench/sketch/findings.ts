import type { Finding } from '../budget.ts';
import { median } from '../spread.ts';
import { type Accuracy, type KsResult, type Measured, OURS, type StreamResult } from './measured.ts';
import type { Trait } from './streams.ts';

const NPM = 'tdigest';
type Pick = (result: StreamResult) => number | null | undefined;
type Where = { readonly where: string; readonly value: number };

/** What was measured for every line of the budget; lines without any stream of theirs are missing. */
export function findings({ streams, windows, merges }: Measured): Map<string, Finding> {
  const has = (trait: Trait) => streams.filter(({ traits }) => traits.includes(trait));
  const named = (name: string) => streams.filter(({ stream }) => stream === name);
  const core = has('core');
  const smooth = streams.filter(({ traits }) => traits.includes('continuous') || traits.includes('mixture'));
  const unhostile = streams.filter(({ traits }) => !traits.includes('hostile'));
  const isGappy = (name: string) => has('gaps').some(({ stream }) => stream === name);
  const isNotGappy = (name: string) => !isGappy(name);
  const gappy = [
    ...places(has('gaps'), ks),
    ...sizes(windows, 'a window of', isGappy),
    ...sizes(merges, 'merges of', isGappy),
  ];
  const found: readonly (readonly [id: string, finding: Finding | undefined])[] = [
    ['S1', lowest(places(smooth, overNpm))],
    ['S2-sorted', lowest(places(named('sorted'), overNpm))],
    ['S2-constant', lowest(places(named('constant'), overNpm))],
    ['S3', middle(core, ({ overRaw }) => overRaw.median)],
    ['S4', lowest(places(unhostile, overDdsketch))],
    ['S5', highest(places(has('hostile'), ({ overNormal }) => overNormal.median))],
    ['S6-streams', highest(places(core, ks))],
    ['S6-windows', highest(sizes(windows, 'a window of', isNotGappy))],
    ['S6-merges', highest(sizes(merges, 'merges of', isNotGappy))],
    ['S6-gaps', highest(gappy)],
    ['S7-1', highest(places(core, onePercent))],
    ['S7-0.1', highest(places(core, onePerMille))],
    ['S8', lowest(places(smooth, ({ mergeTimesOurs }) => mergeTimesOurs[NPM]?.median))],
    ['S9', lowest(places(smooth, bytesOverOurs))],
    ['B1', mean(streams, ({ accuracy }) => accuracy[OURS]?.windowBytes)],
    ['B2', mean(streams, ({ accuracy }) => accuracy[OURS]?.bytes)],
  ];
  return new Map(found.flatMap(([id, finding]) => (finding === undefined ? [] : [[id, finding] as const])));
}

/** The worst of all streams, also where a gate is about some: what the gates do not show must not go unseen. */
export function worstOfAll({ streams }: Measured): { what: string; finding: Finding | undefined }[] {
  return [
    { what: 'npm tdigest / ours, ns per add', finding: lowest(places(streams, overNpm)) },
    { what: 'DDSketch 1 % / ours, ns per add', finding: lowest(places(streams, overDdsketch)) },
    { what: 'ours / raw ring copy, ns per add', finding: highest(places(streams, ({ overRaw }) => overRaw.median)) },
    { what: 'KS error, %', finding: highest(places(streams, ks)) },
    { what: 'relative rank error at 1 % and 99 %, %', finding: highest(places(streams, onePercent)) },
    { what: 'relative rank error at 0.1 % and 99.9 %, %', finding: highest(places(streams, onePerMille)) },
  ];
}

const overNpm: Pick = ({ timesOurs }) => timesOurs[NPM]?.median;
const overDdsketch: Pick = ({ timesOurs }) => timesOurs.ddsketch?.median;
const ks: Pick = ({ accuracy }) => percent(accuracy[OURS]?.ks);
const onePercent: Pick = ({ accuracy }) => percent(worseTail(accuracy[OURS], '0.01', '0.99'));
const onePerMille: Pick = ({ accuracy }) => percent(worseTail(accuracy[OURS], '0.001', '0.999'));

type Share = keyof Accuracy['tails'];

function worseTail(of: Accuracy | undefined, low: Share, high: Share): number | undefined {
  return of && Math.max(of.tails[low], of.tails[high]);
}

const bytesOverOurs: Pick = ({ accuracy }) => {
  const own = accuracy[OURS]?.bytes;
  const other = accuracy[NPM]?.bytes;
  return own && other ? other / own : null;
};

function percent(share: number | undefined): number | undefined {
  return share === undefined ? undefined : share * 100;
}

function places(streams: readonly StreamResult[], pick: Pick): Where[] {
  return streams.flatMap((result) => {
    const value = pick(result);
    return value === null || value === undefined ? [] : [{ where: result.stream, value }];
  });
}

function sizes(results: readonly KsResult[], what: string, isMeant: (stream: string) => boolean): Where[] {
  return results
    .filter(({ stream, ks }) => isMeant(stream) && ks[OURS] !== undefined)
    .map(({ stream, size, ks }) => ({ where: `${stream}, ${what} ${size}`, value: ks[OURS]! * 100 }));
}

function lowest(all: readonly Where[]): Finding | undefined {
  return first(all, (a, b) => a.value - b.value);
}

function highest(all: readonly Where[]): Finding | undefined {
  return first(all, (a, b) => b.value - a.value);
}

/** The first in order; but a value that is no number comes before all, so that it reaches the verdict, which it fails. */
function first(all: readonly Where[], order: (a: Where, b: Where) => number): Finding | undefined {
  return all.find(({ value }) => Number.isNaN(value)) ?? all.toSorted(order)[0];
}

function middle(streams: readonly StreamResult[], pick: Pick): Finding | undefined {
  const values = places(streams, pick).map(({ value }) => value);
  return values.length === 0 ? undefined : { value: median(values) };
}

function mean(streams: readonly StreamResult[], pick: Pick): Finding | undefined {
  const values = places(streams, pick).map(({ value }) => value);
  return values.length === 0 ? undefined : { value: values.reduce((sum, value) => sum + value, 0) / values.length };
}
