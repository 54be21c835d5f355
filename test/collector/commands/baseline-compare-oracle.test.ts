import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { BASELINE_SIZE_RULE } from '@tidemark/sketch';
import { baselineCompare } from '../../../collector/src/commands/baseline-compare.ts';
import { MAX_CATEGORY_BINS } from '../../../collector/src/drift/bins.ts';
import { rankErrorBound } from '../../../collector/src/drift/sketch-error.ts';
import { oraclePairs, rowsOfPair, skipWithoutData } from '../../support/real-data.ts';
import { inProcess } from './in-process.ts';
import { tidemark } from './program.ts';

/** Both sides are read through the sketch of a baseline. */
const RANK_ERROR = 2 * rankErrorBound(BASELINE_SIZE_RULE);

type Row = Record<string, string>;
type Found = {
  name: string;
  kind: string;
  n_ref: number;
  n_live: number;
  scores: Record<string, number>;
  error?: string;
};

/** What the oracle says of both kinds. */
type Distances = {
  psi: { zero_share_to_1e_4: number };
  js_distance_base2: number;
  hellinger: number;
  l_infinity: number;
};
type Side = { n: number; min: number; max: number; mean: number; std_population: number; nulls: number };
type Numeric = {
  kind: 'numeric';
  reference: Side;
  current: Side;
  ks: { statistic: number };
  wasserstein: { distance: number; divided_by_reference_std_population: number | null };
  decile_bins: { right_closed: Distances };
};
type Categorical = Distances & {
  kind: 'categorical';
  n_reference: number;
  n_current: number;
  nulls_current: number;
  n_categories: number;
  reference_counts: number[] | null;
  chi_square?: { cramers_v: number | null } | null;
  nannyml_style?: { unseen_share: number };
};
type Expected = Numeric | Categorical;

let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidemark-oracle-'));
});
after(() => rm(folder, { recursive: true }));

/** The pair as two files, the second of JSON Lines where `asLines`, and the arguments to compare what the oracle knows of it. */
async function argumentsFor(id: string, columns: Record<string, Expected>, asLines: boolean): Promise<string[]> {
  const names = Object.keys(columns);
  const categories = names.filter((name) => columns[name]?.kind === 'categorical');
  const { reference, current } = rowsOfPair(id);
  const [ref, live] = [join(folder, `${id}-ref.csv`), join(folder, `${id}-live.${asLines ? 'jsonl' : 'csv'}`)];
  await writeFile(ref, csvOf(names, reference));
  await writeFile(live, asLines ? linesOf(columns, current) : csvOf(names, current));
  return [ref, live, '--columns', names.join(','), '--categories', categories.join(','), '--json'];
}

function csvOf(names: readonly string[], rows: readonly Row[]): string {
  const cell = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return [names, ...rows.map((row) => names.map((name) => row[name]!))]
    .map((row) => row.map(cell).join(','))
    .join('\n');
}

function linesOf(columns: Record<string, Expected>, rows: readonly Row[]): string {
  const named = Object.entries(columns);
  return rows
    .map((row) => {
      const there = named.filter(([name]) => row[name] !== '');
      return JSON.stringify(
        Object.fromEntries(there.map(([name, { kind }]) => [name, kind === 'numeric' ? Number(row[name]) : row[name]])),
      );
    })
    .join('\n');
}

async function compare(args: string[]): Promise<Found[]> {
  const { code, stdout } = await inProcess(baselineCompare, args);
  assert.equal(code, 0);
  return (JSON.parse(stdout) as { columns: Found[] }).columns;
}

function close(found: number | undefined, expected: number, what: string, allowed = 1e-9): void {
  const off = Math.abs((found ?? Number.NaN) - expected);
  assert.ok(off <= allowed * Math.max(1, Math.abs(expected)), `${what}: ${found} against ${expected}`);
}

function checkDistances(scores: Record<string, number>, expected: Distances, what: string): void {
  close(scores.psi, expected.psi.zero_share_to_1e_4, `${what}: psi`);
  close(scores.js, expected.js_distance_base2, `${what}: js`);
  close(scores.hellinger, expected.hellinger, `${what}: hellinger`);
  close(scores.l_infinity, expected.l_infinity, `${what}: l_infinity`);
}

function checkExact({ name, kind, n_ref, n_live, scores, error }: Found, expected: Expected, pair: string): void {
  const what = `${pair} ${name}`;
  assert.equal(error, undefined, what);
  if (expected.kind === 'numeric') {
    const { reference, current } = expected;
    assert.deepEqual([kind, n_ref, n_live], ['number', reference.n, current.n], what);
    checkDistances(scores, expected.decile_bins.right_closed, what);
    close(scores.ks, expected.ks.statistic, `${what}: ks`);
    checkWasserstein(scores.wasserstein, expected, 1e-9, what);
    close(scores.mean, current.mean, `${what}: mean`);
    close(scores.mean_change, current.mean - reference.mean, `${what}: mean_change`);
    close(scores.null_share, current.nulls / (current.n + current.nulls), `${what}: null_share`);
  } else {
    assert.deepEqual([kind, n_ref, n_live], ['category', expected.n_reference, expected.n_current], what);
    checkDistances(scores, expected, what);
    if (typeof expected.chi_square?.cramers_v === 'number')
      close(scores.cramers_v, expected.chi_square.cramers_v, `${what}: cramers_v`);
    if (expected.nannyml_style)
      close(scores.unseen_share, expected.nannyml_style.unseen_share, `${what}: unseen_share`);
    const { n_current, nulls_current } = expected;
    close(scores.null_share, nulls_current / (n_current + nulls_current), `${what}: null_share`);
  }
}

/** Within what the errors of rank of the two digests allow; categories are exact as long as each has a bin. */
function checkDigests({ name, scores }: Found, expected: Expected, pair: string): void {
  const what = `${pair} ${name} by digests`;
  if (expected.kind === 'categorical') {
    // What the reference has not goes into one bin, which for one category is a bin of its own.
    const pooled = expected.reference_counts?.filter((count) => count === 0).length ?? Infinity;
    if (pooled <= 1 && expected.n_categories <= MAX_CATEGORY_BINS) checkDistances(scores, expected, what);
    return;
  }
  const { reference, current } = expected;
  close(scores.mean, current.mean, `${what}: mean`);
  assert.ok(Math.abs(scores.ks! - expected.ks.statistic) <= RANK_ERROR, `${what}: ks ${scores.ks}`);
  const psi = expected.decile_bins.right_closed.psi.zero_share_to_1e_4;
  // Beyond 1 the index hangs on whether a bin holds nothing or next to nothing, which no sketch can tell.
  if (psi < 1) assert.ok(Math.abs(scores.psi! - psi) <= 0.001 + 0.06 * psi, `${what}: psi ${scores.psi} for ${psi}`);
  // The distance is the area between two functions, each off by the error of rank over at most the whole range.
  const range = Math.max(reference.max, current.max) - Math.min(reference.min, current.min);
  checkWasserstein(scores.wasserstein, expected, (RANK_ERROR * range) / reference.std_population + 1e-9, what);
}

function checkWasserstein(found: number | undefined, { wasserstein }: Numeric, allowed: number, what: string): void {
  const { distance, divided_by_reference_std_population: sigmas } = wasserstein;
  // A constant has no sigma: nothing but no distance at all can be said in it.
  if (sigmas === null) assert.equal(found, distance === 0 ? 0 : undefined, `${what}: wasserstein`);
  else close(found, sigmas, `${what}: wasserstein`, allowed);
}

describe('tidemark baseline compare on real data', { skip: skipWithoutData }, () => {
  // Of the three blocks of sea, which differ in nothing but their labels, one will do.
  const pairs = skipWithoutData === false ? oraclePairs().filter(({ id }) => !/sea_.*[12]$/.test(id)) : [];
  for (const [index, pair] of pairs.entries()) {
    const columns = pair.columns as unknown as Record<string, Expected>;
    test(`scores ${pair.id} as numpy and scipy do`, async () => {
      const args = await argumentsFor(pair.id, columns, index % 2 === 1);
      const exact = await compare([...args, '--exact']);
      assert.deepEqual(
        exact.map(({ name }) => name),
        Object.keys(columns),
      );
      for (const found of exact) checkExact(found, columns[found.name]!, pair.id);
      // Some by digests as well, which is enough to see that the command reads them alike.
      if (index % 5 !== 1) return;
      for (const found of await compare(args)) checkDigests(found, columns[found.name]!, pair.id);
    });
  }

  test('says the same as a program of its own', async () => {
    const pair = pairs.find(({ id }) => id === 'metro_first_vs_last_quarter')!;
    const columns = pair.columns as unknown as Record<string, Expected>;
    const args = await argumentsFor(pair.id, columns, false);
    const { code, stdout, stderr } = await tidemark(['baseline', 'compare', ...args, '--exact']);
    assert.deepEqual([code, stderr], [0, '']);
    const found = JSON.parse(stdout) as { columns: Found[] };
    for (const one of found.columns) checkExact(one, columns[one.name]!, pair.id);
    const holiday = found.columns.find(({ name }) => name === 'holiday');
    assert.equal(holiday?.n_ref, 12_051, 'None is a text in this file');
  });
});
