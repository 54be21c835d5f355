import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { BASELINE_SIZE_RULE, Digest } from '@tidemark/sketch';
import fc from 'fast-check';
import { HOSTILE_STREAMS, STREAMS, seeded, take } from '../../sketch/datasets.ts';
import { digestOf, VERSION_1, VERSION_2 } from '../../sketch/golden-digests.ts';
import { withDatabase } from '../../support/database.ts';
import { curveOfAll, mergedInSql, readInNode, readInSql } from '../../support/sql-digests.ts';

const ALL_STREAMS = {
  ...STREAMS,
  ...HOSTILE_STREAMS,
  'near the largest number': (random: () => number) => (2 * random() - 1) * 1.75e308,
  'near the smallest numbers': (random: () => number) => Math.floor(random() * 5000) * 5e-324,
  'subnormal and normal': (random: () => number) => 10 ** (random() * 40 - 320),
};
/** The first values of a stream, in several digests that are merged, perhaps under another rule. */
const anyDigest = fc
  .record({
    stream: fc.constantFrom(...Object.keys(ALL_STREAMS)) as fc.Arbitrary<keyof typeof ALL_STREAMS>,
    sizes: fc.array(fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 400, max: 3000 })), {
      minLength: 1,
      maxLength: 3,
    }),
    rule: fc.constantFrom({}, { sizeRule: BASELINE_SIZE_RULE }, { sizeRule: { middle: 0.1, tail: 0.5 } }),
    heavy: fc.option(fc.integer({ min: 1, max: 2 ** 50 })),
    seed: fc.integer(),
  })
  .map(({ stream, sizes, rule, heavy, seed }) => {
    const digest = new Digest(rule);
    sizes.forEach((n, i) => {
      const part = new Digest(rule);
      part.addAll(take(ALL_STREAMS[stream], n, seed + i));
      digest.merge(part);
    });
    if (heavy !== null) digest.add(take(ALL_STREAMS[stream], 1, seed)[0]!, heavy);
    return digest.toBytes();
  });
const GOLDEN = [...Object.values(VERSION_1), ...Object.values(VERSION_2)].map(({ hex }) => Buffer.from(hex, 'hex'));
const SHARES = [0, 1e-9, 0.001, 0.05, 0.25, 1 / 3, 0.5, 0.75, 0.95, 0.99, 0.9999, 1];

describe('digests in SQL', () => {
  test('are read as TypeScript reads them, to the last bit', () =>
    withDatabase(async (database) => {
      const digests = [...fc.sample(anyDigest, { numRuns: 120, seed: 8 }), ...GOLDEN];
      const { readings } = await readInSql(database, digests);
      for (const [i, digest] of digests.entries()) assert.deepEqual(readings[i], readInNode(digest));
    }));

  test('tell the same quantiles and shares as TypeScript, to the last bit', () =>
    withDatabase(async (database) => {
      for (const digest of [...fc.sample(anyDigest, { numRuns: 120, seed: 9 }), ...GOLDEN]) {
        const there = Digest.fromBytes(digest);
        if (there.count === 0) continue;
        const knots = there.knots();
        const middles = knots.slice(1).map((x, i) => x / 2 + (knots[i] as number) / 2);
        const xs = [there.min - 1, ...knots.slice(0, 20), ...middles.slice(-20), there.max, 0];
        const { quantiles, shares } = await mergedInSql(database, [digest], SHARES, xs);
        assert.deepEqual(quantiles, there.quantiles(SHARES));
        assert.deepEqual(
          shares,
          xs.map((x) => there.cdf(x)),
        );
      }
    }));

  test('tell quantiles and shares of several as of one curve through all of their centroids', () =>
    withDatabase(async (database) => {
      const several = fc.array(anyDigest, { minLength: 2, maxLength: 6 });
      for (const digests of fc.sample(several, { numRuns: 40, seed: 10 })) {
        const curve = curveOfAll(digests);
        const xs = curve.knots().filter((_, i) => i % 50 === 0);
        const { quantiles, shares } = await mergedInSql(database, digests, SHARES, xs);
        assert.deepEqual(
          quantiles,
          SHARES.map((q) => curve.quantile(q)),
        );
        assert.deepEqual(
          shares,
          xs.map((x) => curve.atOrBelow(x)),
        );
      }
    }));

  test('are refused at any length but their own', () =>
    withDatabase(async (database) => {
      for (const digest of GOLDEN) {
        const cuts = Array.from({ length: digest.length }, (_, length) => digest.subarray(0, length));
        const { faults } = await readInSql(database, [...cuts, Buffer.concat([digest, Buffer.of(0)])]);
        assert.match(faults.pop() as string, /^digest: 1 bytes too many$/);
        for (const fault of faults) assert.match(fault ?? 'none', /^digest: (ends too soon|weights of no known width)/);
      }
    }));

  test('that are damaged are refused exactly where TypeScript refuses them', () =>
    withDatabase(async (database) => {
      const random = seeded(11);
      const originals = [
        ...GOLDEN,
        digestOf(take(STREAMS.normal!, 600)).toBytes(),
        digestOf(take(STREAMS.float32!, 700)).toBytes(),
        digestOf(take(HOSTILE_STREAMS['600 decades']!, 600)).toBytes(),
      ];
      const mutants = Array.from({ length: 6000 }, (_, i) => {
        const bytes = Uint8Array.from(originals[i % originals.length]!);
        for (let c = 0; c <= random() * 3; c++) {
          const at = Math.floor(random() * (random() < 0.5 ? Math.min(40, bytes.length) : bytes.length));
          bytes[at] = random() < 0.5 ? Math.floor(random() * 256) : bytes[at]! ^ (1 << Math.floor(random() * 8));
        }
        return bytes;
      });
      const { readings } = await readInSql(database, mutants);
      for (const [i, mutant] of mutants.entries()) {
        assert.deepEqual(readings[i], readInNode(mutant), Buffer.from(mutant).toString('hex'));
      }
      const read = readings.filter((reading) => reading !== null).length;
      assert.ok(read > 500 && read < 5000, `${read} mutants were read`);
    }));
});
