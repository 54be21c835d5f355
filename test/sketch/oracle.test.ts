import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, it } from 'node:test';
import { Digest, Moments } from '@tidemark/sketch';

const FOLDER = process.env.TIDEMARK_TEST_DATA ?? resolve(import.meta.dirname, '../../../shared/data');
const ABSENT = existsSync(join(FOLDER, 'oracle.json')) ? false : `no oracle.json in ${FOLDER}`;

type Side = { n: number; min: number; max: number; mean: number; std_population: number };
type Column = {
  kind: string;
  reference: Side;
  current: Side;
  reference_percentiles_0_to_100: number[];
  ks: { statistic: number };
};
type Pair = { id: string; file: string; reference: string; current: string; columns: Record<string, Column> };

const tables = new Map<string, string[][]>();

/** The cells of a CSV file without quotes, header first. */
function tableOf(file: string): string[][] {
  const known = tables.get(file);
  if (known) return known;
  const lines = readFileSync(join(FOLDER, file), 'utf8').trimEnd().split(/\r?\n/);
  const table = lines.map((line) => line.split(','));
  tables.set(file, table);
  return table;
}

/** Which rows are meant: 'rows a..b' (b excluded), 'column = value'; null for every other way of saying it. */
function rowsOf(table: string[][], which: string): string[][] | null {
  const range = /^rows (\d+)\.\.(\d+)/.exec(which);
  if (range) return table.slice(1 + Number(range[1]), 1 + Number(range[2]));
  const equal = /^(\w+) = (\w+)$/.exec(which);
  if (!equal) return null;
  const at = table[0]!.indexOf(equal[1]!);
  return table.slice(1).filter((row) => row[at] === equal[2]);
}

/** The numbers of a column in the rows meant, empty cells left out. */
function numbersOf(file: string, column: string, which: string): Float64Array | null {
  const table = tableOf(file);
  const rows = rowsOf(table, which);
  if (!rows) return null;
  const at = table[0]!.indexOf(column);
  const cells = rows.map((row) => row[at]!).filter((cell) => cell !== '');
  return Float64Array.from(cells.map(Number));
}

function sketched(values: Float64Array): { digest: Digest; moments: Moments } {
  const digest = new Digest();
  digest.addAll(values);
  const moments = new Moments();
  for (const value of values) moments.add(value);
  return { digest, moments };
}

function assertSide({ digest, moments }: ReturnType<typeof sketched>, side: Side): void {
  assert.equal(digest.count, side.n);
  assert.deepEqual([digest.min, digest.max], [side.min, side.max]);
  assert.ok(Math.abs(moments.mean - side.mean) <= 1e-9 * Math.max(Math.abs(side.min), Math.abs(side.max)));
  assert.ok(Math.abs(moments.deviation - side.std_population) <= 1e-7 * side.std_population);
}

describe('sketches of the real data, against the oracle', { skip: ABSENT }, () => {
  const pairs: Pair[] = ABSENT ? [] : JSON.parse(readFileSync(join(FOLDER, 'oracle.json'), 'utf8')).pairs;
  for (const pair of pairs) {
    for (const [name, column] of Object.entries(pair.columns)) {
      if (column.kind !== 'numeric') continue;
      if (!existsSync(join(FOLDER, pair.file))) continue;
      const reference = numbersOf(pair.file, name, pair.reference);
      const current = numbersOf(pair.file, name, pair.current);
      if (!reference || !current) continue;
      it(`${pair.id} ${name}: percentiles within 0.5 % of rank, moments, KS within 1 %`, () => {
        const one = sketched(reference);
        const other = sketched(current);
        assertSide(one, column.reference);
        assertSide(other, column.current);
        const { digest } = one;
        for (const [p, x] of column.reference_percentiles_0_to_100.entries()) {
          const most = 0.005 + 1 / digest.count;
          assert.ok(digest.cdfBelow(x) <= p / 100 + most, `${p} % is ${x}, ${digest.cdfBelow(x)} below`);
          assert.ok(digest.cdf(x) >= p / 100 - most, `${p} % is ${x}, ${digest.cdf(x)} at or below`);
        }
        let ks = 0;
        for (const x of [...digest.knots(), ...other.digest.knots()]) {
          ks = Math.max(
            ks,
            Math.abs(digest.cdf(x) - other.digest.cdf(x)),
            Math.abs(digest.cdfBelow(x) - other.digest.cdfBelow(x)),
          );
        }
        assert.ok(Math.abs(ks - column.ks.statistic) <= 0.01, `KS ${ks}, not ${column.ks.statistic}`);
      });
    }
  }
});
