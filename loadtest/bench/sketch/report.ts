import type { Gate } from '../budget.ts';
import type { Spread } from '../spread.ts';
import { figures, gateTable, textTable } from '../text-table.ts';
import { CANDIDATES } from './candidates.ts';
import { worstOfAll } from './findings.ts';
import type { KsResult, Measured, StreamResult } from './measured.ts';

/** The whole result for people. */
export function report(measured: Measured, gates: readonly Gate[]): string {
  const { streams, windows, merges, notes } = measured;
  return [
    section(
      'ns per add, median of the rounds',
      byCandidate(streams, ({ nsPerAdd }, id) => figures(nsPerAdd[id]?.median)),
    ),
    section(
      'time / ours in the same round: median (quartiles)',
      byCandidate(streams, ({ timesOurs }, id) => range(timesOurs[id])),
    ),
    section(
      'ours in the same round: median (quartiles)',
      textTable(
        ['stream', 'values', '/ raw ring copy', '/ ours on normal'],
        streams.map(({ stream, n, overRaw, overNormal }) => [stream, String(n), range(overRaw), range(overNormal)]),
      ),
    ),
    section(
      'KS error, %',
      byCandidate(streams, ({ accuracy }, id) => percent(accuracy[id]?.ks)),
    ),
    section('relative rank error at .001 .01 .99 .999, %', byCandidate(streams, tails)),
    section('bytes (a window of 1 000)', byCandidate(streams, bytes)),
    section(
      'us per merge',
      byCandidate(streams, ({ mergeUs }, id) => figures(mergeUs[id]?.median)),
    ),
    section('KS error of windows, %', bySize(windows, 'window')),
    section('KS error after merges of small windows, %', bySize(merges, 'merged windows of')),
    section('worst of all streams, also of those that no gate is about', worst(measured)),
    section('left out', leftOut(streams, notes)),
    section('gates', gateTable(gates)),
  ].join('\n\n');
}

function section(title: string, body: string): string {
  return `${title}\n\n${body}`;
}

/** A row per stream; columns of candidates that have nothing to say on any stream are dropped. */
function byCandidate(streams: readonly StreamResult[], cell: (result: StreamResult, id: string) => string): string {
  const shown = CANDIDATES.filter(({ id }) => streams.some((result) => cell(result, id) !== '-'));
  return textTable(
    ['stream', ...shown.map(({ label }) => label)],
    streams.map((result) => [result.stream, ...shown.map(({ id }) => cell(result, id))]),
  );
}

function bySize(results: readonly KsResult[], what: string): string {
  const shown = CANDIDATES.filter(({ id }) => results.some(({ ks }) => ks[id] !== undefined));
  return textTable(
    ['stream', what, ...shown.map(({ label }) => label)],
    results.map(({ stream, size, ks }) => [stream, String(size), ...shown.map(({ id }) => percent(ks[id]))]),
  );
}

function tails({ accuracy }: StreamResult, id: string): string {
  const of = accuracy[id]?.tails;
  return of === undefined
    ? '-'
    : Object.values(of)
        .map((error) => figures(error * 100))
        .join(' ');
}

function bytes({ accuracy }: StreamResult, id: string): string {
  const of = accuracy[id];
  if (of === undefined || of.bytes === null) return '-';
  return `${of.bytes} (${of.windowBytes === null ? '-' : Math.round(of.windowBytes)})`;
}

function percent(share: number | undefined): string {
  return share === undefined ? '-' : figures(share * 100);
}

function range(of: Spread | undefined): string {
  return of === undefined ? '-' : `${figures(of.median)} (${figures(of.low)}..${figures(of.high)})`;
}

function worst(measured: Measured): string {
  const rows = worstOfAll(measured).map(({ what, finding }) => [what, figures(finding?.value), finding?.where ?? '']);
  return textTable(['', 'value', ''], rows);
}

function leftOut(streams: readonly StreamResult[], notes: readonly string[]): string {
  const lines = CANDIDATES.flatMap(({ id, label }) => {
    const reasons = Map.groupBy(
      streams.filter((result) => result.leftOut[id] !== undefined),
      (result) => result.leftOut[id]!,
    );
    return [...reasons].map(([reason, of]) => `${label} ${reason}: ${of.map(({ stream }) => stream).join(', ')}`);
  });
  return [...lines, ...notes].join('\n') || 'nothing';
}
