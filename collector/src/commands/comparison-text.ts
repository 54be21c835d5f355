import type { ComparedColumn, Comparison } from '../baseline/compare-files.ts';
import type { MeasureName } from '../drift/index.ts';
import { textTable } from './text-table.ts';

/** Names longer than this are cut in their middle, where they differ least. */
const MAX_NAME = 32;

/** The scores that tell how much a column has moved, whatever its kind and unit: the first that it has. */
const MOVED = ['js', 'psi'] as const;

/** What is smaller than this is what arithmetic leaves over. */
const NOTHING = 1e-9;

/** A comparison for people: a table for each kind of column, what moved most first, and below it what could not be compared. */
export function comparisonText({ referenceRows, liveRows, columns }: Comparison, width: number): string {
  const sections = [`REF has ${referenceRows} rows, LIVE ${liveRows}`];
  for (const kind of ['number', 'category'] as const) {
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

/** Columns without such a score come last. */
function moved({ scores }: ComparedColumn): number {
  return MOVED.map((name) => scores[name]).find((score) => score !== undefined) ?? -1;
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
