import { Kinds, type SeriesKind, type Summary } from '@tidemark/sketch';
import { CollectorError, messageOf } from '../errors.ts';
import { didYouMean } from '../near-name.ts';
import { type CommonKind, commonKind, kindOf } from './common-kind.ts';
import type { ComparedColumn } from './compared-column.ts';
import { columnsOfPair, type PairColumn, withPairs } from './pair-columns.ts';
import { type ReadColumn, readColumns } from './read-columns.ts';
import type { ColumnFile } from './read-file.ts';
import { scoreColumn } from './score-column.ts';
import { type ColumnSurvey, surveyColumns } from './survey-columns.ts';

/** What to compare, and how. */
export type CompareOptions = {
  /** Columns as they are called in the files; by default all of either. */
  readonly columns?: readonly string[] | undefined;
  /** Columns to read as categories, whatever their values look like: codes, classes. */
  readonly categories?: readonly string[] | undefined;
  /** Pairs of columns to compare in addition, by how they go together: `a~b`. */
  readonly pairs?: readonly string[] | undefined;
  /** Scores of all values, which are held in memory, instead of sketches of bounded size. */
  readonly exact?: boolean | undefined;
};

/** Two files compared; the rows are those of the files. */
export type Comparison = {
  readonly referenceRows: number;
  readonly liveRows: number;
  readonly columns: readonly ComparedColumn[];
};

/**
 * Scores the columns of two files, each file read twice: once to tell the kind of each column by all values of both, once
 * for the values. A column that cannot be compared has an error and stops no other. Throws BASELINE_INVALID where a
 * file cannot be read to its end or neither has a column that is asked for.
 */
export async function compareFiles(
  referenceFile: ColumnFile,
  liveFile: ColumnFile,
  { columns, categories = [], pairs = [], exact = false }: CompareOptions = {},
): Promise<Comparison> {
  const wanted = wantedNames(referenceFile, liveFile, columns, categories);
  const pairColumns = pairColumnsOf(referenceFile, liveFile, pairs);
  const [reference, live] = [withPairs(referenceFile, pairColumns), withPairs(liveFile, pairColumns)];
  const names = [...wanted, ...pairColumns.map(({ column }) => column)];
  const settledOf = (name: string) => {
    if (categories.includes(name)) return 'category';
    return pairs.includes(name) ? 'pair' : null;
  };
  const has = ({ columns }: ColumnFile) => names.filter((name) => columns.includes(name));
  const before = await surveyColumns(reference, has(reference));
  const now = await surveyColumns(live, has(live));
  const plans = new Map(
    names.map((name) => [name, planOf(before.surveys.get(name), now.surveys.get(name), settledOf(name))]),
  );
  const kindsIn = (file: ColumnFile) => new Map(has(file).map((name) => [name, plans.get(name)!.kind]));
  const references = await readColumns(reference, kindsIn(reference), exact);
  const lives = await readColumns(live, kindsIn(live), exact);
  return {
    referenceRows: before.rows,
    liveRows: now.rows,
    columns: names.map((name) => compared(name, plans.get(name)!, references.get(name), lives.get(name))),
  };
}

/** The order is that of REF, and behind it what only LIVE has. */
function wantedNames(
  reference: ColumnFile,
  live: ColumnFile,
  columns: readonly string[] | undefined,
  categories: readonly string[],
): string[] {
  const known = [...new Set([...reference.columns, ...live.columns])];
  const unknown = [...new Set([...(columns ?? []), ...categories])].filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    const list = unknown.map((name) => `\n  - no column '${name}'${didYouMean(name, known)}`).join('');
    throw new CollectorError('BASELINE_INVALID', `neither ${reference.path} nor ${live.path} has it:${list}`);
  }
  return columns === undefined ? known : [...new Set(columns)];
}

/** The pairs that are asked for, each once; both columns must be in one of the files. */
function pairColumnsOf(reference: ColumnFile, live: ColumnFile, pairs: readonly string[]): PairColumn[] {
  const known = [...new Set([...reference.columns, ...live.columns])];
  const complaints: string[] = [];
  const found = [...new Set(pairs)].flatMap((column): PairColumn[] => {
    const of = columnsOfPair(column);
    if (of === null) complaints.push(`'${column}' is no pair: expected two names such as a~b`);
    if (known.includes(column)) complaints.push(`'${column}' is a column, so it cannot be a pair`);
    for (const name of of ?? [])
      if (!known.includes(name)) complaints.push(`no column '${name}'${didYouMean(name, known)}`);
    return of === null ? [] : [{ column, of }];
  });
  if (complaints.length === 0) return found;
  const list = complaints.map((complaint) => `\n  - ${complaint}`).join('');
  throw new CollectorError(
    'BASELINE_INVALID',
    `the pairs cannot be read from ${reference.path} and ${live.path}:${list}`,
  );
}

function planOf(
  reference: ColumnSurvey | undefined,
  live: ColumnSurvey | undefined,
  settled: SeriesKind | null,
): CommonKind {
  if (reference !== undefined && live !== undefined) return commonKind(reference, live, settled);
  const only = reference ?? live;
  const kind = settled ?? (only === undefined ? 'category' : kindOf(only));
  return { kind, isChanged: true, fault: `it is in ${reference === undefined ? 'LIVE' : 'REF'} only` };
}

function compared(
  name: string,
  { kind, fault, isChanged }: CommonKind,
  reference: ReadColumn | undefined,
  live: ReadColumn | undefined,
): ComparedColumn {
  const counts = { reference: reference?.summary.kinds ?? new Kinds(), live: live?.summary.kinds ?? new Kinds() };
  const about = { name, kind, ...counts };
  if (isChanged || reference === undefined || live === undefined) return { ...about, scores: {}, error: fault };
  const ofPairs = kind === 'pair' ? faultOfPairs(reference.summary, live.summary) : null;
  if (ofPairs !== null) return { ...about, scores: {}, error: ofPairs };
  try {
    return { ...about, scores: scoreColumn(reference, live), error: fault };
  } catch (error) {
    return { ...about, scores: {}, error: messageOf(error) };
  }
}

/** Why two sides of pairs cannot be compared: what makes a pair is known only when it has been read. */
function faultOfPairs(reference: Summary, live: Summary): string | null {
  for (const [side, { pairs }] of [
    ['REF', reference],
    ['LIVE', live],
  ] as const) {
    if (pairs.count < 2) return `it has fewer than two pairs of numbers in ${side}`;
  }
  return Number.isNaN(reference.pairs.correlation) ? 'one of the two never changes in REF' : null;
}
