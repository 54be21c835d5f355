import type { Bench, BenchOptions, Outcome } from '../bench.ts';
import { WrongUse } from '../bench.ts';
import { budgetOf, judge } from '../budget.ts';
import { measureAccuracy } from './accuracy.ts';
import { CANDIDATES } from './candidates.ts';
import { type Column, shapeOf } from './column.ts';
import { type Effort, FULL, QUICK } from './effort.ts';
import { findings } from './findings.ts';
import { measureLongMerges, measureWindows } from './long-runs.ts';
import type { Accuracy, Measured, StreamResult } from './measured.ts';
import { measureMerges } from './merge-cost.ts';
import { writeComparison } from './readme-table.ts';
import { REAL_NAMES, realColumns } from './real-columns.ts';
import { report } from './report.ts';
import { measureSpeed, meetAll } from './speed.ts';
import { STREAMS, streamNamed, take } from './streams.ts';

/** The digest against its peers: time, accuracy, size, merging. */
export const sketchBench: Bench = { run, writeReadme: writeComparison };

async function run(options: BenchOptions): Promise<Outcome> {
  const effort = options.quick ? QUICK : FULL;
  const measured = await measure(effort, options);
  const found = findings(measured);
  // Of chosen streams only the gates that are about them can be judged; of all streams every gate must be.
  const lines = budgetOf('sketch').filter(({ id }) => options.only === null || found.has(id));
  const gates = lines.map((line) => judge(line, found.get(line.id)));
  return { gates, text: report(measured, gates), record: { effort, ...measured } };
}

async function measure(effort: Effort, { only, progress }: BenchOptions): Promise<Measured> {
  const isMeant = (name: string) => only === null || only.includes(name);
  checkNames(only ?? []);
  const made = STREAMS.filter(({ name }) => isMeant(name)).map(({ name }) => madeColumn(name, effort));
  const real = realColumns(REAL_NAMES.filter(isMeant), effort.values);
  const columns = [...made, ...real.columns];
  const normal = madeColumn('normal', effort);
  progress('warming up on all streams');
  meetAll(CANDIDATES, columns, effort);
  const streams: StreamResult[] = [];
  for (const [i, column] of columns.entries()) {
    progress(`${column.name} (${i + 1} of ${columns.length})`);
    streams.push(await measureColumn(column, normal, effort));
  }
  progress('windows and merges');
  const windows = await measureWindows(CANDIDATES, effort, isMeant);
  const merges = await measureLongMerges(CANDIDATES, effort, isMeant);
  return { streams, windows, merges, notes: real.missing === null ? [] : [real.missing] };
}

async function measureColumn(column: Column, normal: Column, effort: Effort): Promise<StreamResult> {
  const shape = shapeOf(column);
  const leftOut: Record<string, string> = {};
  const accuracy: Record<string, Accuracy> = {};
  const able = CANDIDATES.filter((candidate) => {
    const reason = candidate.refuses(shape);
    if (reason !== null) leftOut[candidate.id] = reason;
    return reason === null;
  });
  const speed = measureSpeed(CANDIDATES, column, normal, effort);
  const merging = measureMerges(able, column, effort);
  for (const candidate of able) {
    const errors = await measureAccuracy(candidate, column);
    if (errors !== null) accuracy[candidate.id] = errors;
  }
  const { name: stream, traits, variants } = column;
  return { stream, traits, n: variants[0]!.length, leftOut, ...speed, accuracy, ...merging };
}

function madeColumn(name: string, effort: Effort): Column {
  const stream = streamNamed(name);
  const variants = Array.from({ length: effort.variants }, (_, i) => take(stream, effort.values, i + 1));
  return { name, traits: stream.traits, variants };
}

function checkNames(names: readonly string[]): void {
  const known = [...STREAMS.map(({ name }) => name), ...REAL_NAMES];
  for (const name of names) {
    if (!known.includes(name)) throw new WrongUse(`unknown case '${name}'; there are: ${known.join(', ')}`);
  }
}
