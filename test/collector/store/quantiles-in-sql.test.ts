import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Digest } from '@tidemark/sketch';
import { type Database, toArrayLiteral } from '../../../collector/src/store/database.ts';
import { exactShares, HOSTILE_STREAMS, rankError, STREAMS, seeded } from '../../sketch/datasets.ts';
import { digestOf, VERSION_1 } from '../../sketch/golden-digests.ts';
import { withDatabase } from '../../support/database.ts';
import { mergedInSql } from '../../support/sql-digests.ts';

const SHARES = Array.from({ length: 199 }, (_, i) => (i + 1) / 200);

/** Digests of `k` windows of `n` values of a stream, and all of the values, ascending. */
function windowsOf(stream: (random: () => number, index: number) => number, k: number, n: number, seed: number) {
  const random = seeded(seed);
  const values = Float64Array.from({ length: k * n }, (_, index) => stream(random, index));
  const digests = Array.from({ length: k }, (_, i) => digestOf(values.subarray(i * n, (i + 1) * n)).toBytes());
  return { digests, sorted: values.sort() };
}

/** The largest errors of a rank, in shares of all values: of SQL, and between SQL and what Node merges. */
async function errorsOf(database: Database, { digests, sorted }: ReturnType<typeof windowsOf>) {
  const merged = new Digest();
  for (const bytes of digests) merged.merge(Digest.fromBytes(bytes));
  const { quantiles } = await mergedInSql(database, digests, SHARES);
  let [own, apart] = [0, 0];
  for (const [i, q] of SHARES.entries()) {
    const x = quantiles[i] as number;
    own = Math.max(own, rankError({ quantile: () => x }, sorted, q));
    const [here, there] = [exactShares(sorted, x), exactShares(sorted, merged.quantile(q))];
    apart = Math.max(apart, here.below - there.atOrBelow, there.below - here.atOrBelow);
  }
  return { own, apart };
}

async function one(database: Database, sql: string, digests: readonly (Uint8Array | null)[]): Promise<unknown> {
  const [row] = await database.query<{ answer: unknown }>(
    `select (${sql}) as answer from unnest($1::text::bytea[]) as t (digest)`,
    [toArrayLiteral(digests)],
  );
  return row?.answer;
}

describe('quantiles in SQL over several windows', () => {
  // A window's own error of rank is 0.46 % at most, and a merge that folds nothing adds none. Windows of nearly the same
  // values are the exception: their centroids lie on each other, so half of one (0.5 %) may be missed beside its own error.
  for (const [kind, streams, percent] of [
    ['ordinary', STREAMS, 0.5],
    ['hostile', HOSTILE_STREAMS, 0.7],
  ] as const) {
    test(`are within ${percent} % of rank of the raw values of ${kind} streams, 1.2 % of what Node merges`, () =>
      withDatabase(async (database) => {
        for (const [name, stream] of Object.entries(streams)) {
          for (const [k, n] of [
            [2, 10_000],
            [8, 590],
            [60, 1000],
          ] as const) {
            const { own, apart } = await errorsOf(database, windowsOf(stream, k, n, k + n));
            assert.ok(own <= percent / 100, `${name}, ${k} windows of ${n}: ${own}`);
            assert.ok(apart <= 0.012, `${name}, ${k} windows of ${n}: ${apart} from what Node merges`);
          }
        }
      }));
  }

  test('are asked for of each window by itself, and of an array', () =>
    withDatabase(async (database) => {
      const [row] = await database.query<Record<string, unknown>>(
        `select tidemark_quantile(digest, 0.5) as half, tidemark_quantiles(digest, '{0,1}') as ends, tidemark_cdf(digest, 2) as share,
           tidemark_quantile(array[digest, digest], 0.5) as half_of_two, tidemark_cdf(array[digest, digest], 2) as share_of_two,
           tidemark_quantile(null::bytea, 0.5) as none
         from (select $1::bytea as digest) t`,
        [digestOf([1, 2, 300]).toBytes()],
      );
      const half = { half: 2, half_of_two: 2, share: 2 / 3, share_of_two: 2 / 3 };
      assert.deepEqual({ ...row }, { ...half, ends: [1, 300], none: null });
    }));

  test('are those of one window where the same rows are scored again and again', () =>
    withDatabase(async (database) => {
      const random = seeded(3);
      const night = digestOf(Float64Array.from({ length: 5000 }, () => random())).toBytes();
      const { quantiles } = await mergedInSql(database, Array(30).fill(night), SHARES);
      assert.deepEqual(quantiles, Digest.fromBytes(night).quantiles(SHARES));
    }));

  test('are asked for as an aggregate, over windows of which some have no digest', () =>
    withDatabase(async (database) => {
      const digests = [digestOf([1, 2, 3]).toBytes(), null, digestOf([4, 5, 300]).toBytes(), new Digest().toBytes()];
      assert.equal(await one(database, 'tidemark_quantile(0.5) within group (order by digest)', digests), 3);
      assert.equal(await one(database, 'tidemark_cdf(4) within group (order by digest)', digests), 4 / 6);
      assert.deepEqual(
        await one(database, 'tidemark_quantiles(array[0, 0.5, null, 1]) within group (order by digest)', digests),
        [1, 3, null, 300],
      );
      assert.equal(await one(database, 'sum(tidemark_count(digest))::int', digests), 6);
    }));

  test('do not depend on the search path of who asks', () =>
    withDatabase((database) =>
      database.transaction(async (tx) => {
        await tx.query(`set local search_path = ''`);
        const [row] = await tx.query<Record<string, unknown>>(
          `select public.tidemark_quantile(0.5) within group (order by digest) as half,
             public.tidemark_quantiles('{0.5}'::float8[]) within group (order by digest) as halves,
             public.tidemark_cdf(2) within group (order by digest) as share,
             sum(public.tidemark_count(digest))::int as count, (select count(mean)::int from public.tidemark_centroids($2)) as centroids
           from unnest($1::text::bytea[]) as t (digest)`,
          [toArrayLiteral([digestOf([1, 2, 3]).toBytes()]), Buffer.from(VERSION_1.fractions!.hex, 'hex')],
        );
        assert.deepEqual(row, { half: 2, halves: [2], share: 2 / 3, count: 3, centroids: 3 });
      }),
    ));

  test('are null where nothing was counted', () =>
    withDatabase(async (database) => {
      for (const digests of [[], [null], [new Digest().toBytes()]]) {
        assert.equal(await one(database, 'tidemark_quantile(0.5) within group (order by digest)', digests), null);
        assert.equal(await one(database, 'tidemark_cdf(0.5) within group (order by digest)', digests), null);
      }
      assert.deepEqual(await one(database, `tidemark_quantiles('{}'::bytea[], '{0.1,0.9}')`, [null]), [null, null]);
    }));

  test('are refused for a share that is none', () =>
    withDatabase(async (database) => {
      for (const share of ['1.5', '-0.1', `'NaN'`]) {
        await assert.rejects(
          one(database, `tidemark_quantile(${share}) within group (order by digest)`, [digestOf([1]).toBytes()]),
          { code: '22003', message: /a quantile is asked for a share from 0 to 1, got/ },
        );
      }
    }));

  test('never answer from a damaged digest, and say how to find it', () =>
    withDatabase(async (database) => {
      const good = digestOf([1, 2, 300]).toBytes();
      const bad = Uint8Array.from(good);
      bad[bad.length - 1] = 0;
      await database.query('create table kept (id int, digest bytea)');
      try {
        await database.query('insert into kept values (1, $1), (2, $2)', [good, bad]);
        const asked = database.query('select tidemark_quantile(0.5) within group (order by digest) from kept');
        await assert.rejects(asked, { code: '22P03', message: 'digest: centroid without weight' });
        const [row] = await database.query<{ id: number }>('select id from kept where sha256(digest) = sha256($1)', [
          bad,
        ]);
        assert.equal(row?.id, 2);
      } finally {
        await database.query('drop table kept');
      }
    }));

  type Fault = readonly [why: string, change: (bytes: Uint8Array) => void];
  const FAULTS: readonly Fault[] = [
    ['version 3, expected 1 or 2: written by a newer release?', (bytes) => bytes.set([3], 0)],
    ['unknown size rule', (bytes) => bytes.set([3], 1)],
    ['unknown flags', (bytes) => bytes.set([8], 1)],
    ['weights of no known width', (bytes) => bytes.set([0], 2)],
    ['4867 centroids', (bytes) => bytes.set([0x13], 4)],
    ['weights that do not add up to the count', (bytes) => bytes.set([4], 5)],
    ['count above 2^53 - 1', (bytes) => bytes.set([0x20], 11)],
    ['bits beyond the last centroid', (bytes) => bytes.set([0b1111], 13)],
    ['means out of order', (bytes) => bytes.set([0x41], 14 + 3 * 3)],
    ['mean that is infinite, NaN or -0', (bytes) => bytes.fill(0xff, 14 + 6, 14 + 10)],
  ];
  for (const [why, change] of FAULTS) {
    test(`are refused with the fault of a digest named: ${why}`, () =>
      withDatabase(async (database) => {
        const spoilt = Uint8Array.from(digestOf([1, 2, 300]).toBytes());
        change(spoilt);
        await assert.rejects(mergedInSql(database, [spoilt], [0.5]), { code: '22P03', message: `digest: ${why}` });
      }));
  }
});
