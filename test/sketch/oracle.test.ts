import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Digest, Moments } from '@tidemark/sketch';
import { cellsOf, numbersOf, oraclePairs, type Side, skipWithoutData } from '../support/real-data.ts';

function sketched(values: Float64Array): { digest: Digest; moments: Moments } {
  const digest = new Digest();
  digest.addAll(values);
  const moments = new Moments();
  for (const value of values) moments.add(value);
  return { digest: Digest.fromBytes(digest.toBytes()), moments };
}

function assertSide({ digest, moments }: ReturnType<typeof sketched>, side: Side): void {
  assert.equal(digest.count, side.n);
  assert.deepEqual([digest.min, digest.max], [side.min, side.max]);
  assert.ok(Math.abs(moments.mean - side.mean) <= 1e-9 * Math.max(Math.abs(side.min), Math.abs(side.max)));
  assert.ok(Math.abs(moments.deviation - side.std_population) <= 1e-7 * side.std_population);
}

describe('sketches of the real data, against the oracle', { skip: skipWithoutData }, () => {
  const columns = (skipWithoutData === false ? oraclePairs() : []).flatMap((pair) =>
    Object.entries(pair.columns).flatMap(([name, column]) =>
      column.kind === 'numeric' ? [{ pair: pair.id, name, column }] : [],
    ),
  );
  for (const { pair, name, column } of columns) {
    it(`${pair} ${name}: every percentile within 0.5 % of rank, moments, KS within 1 %`, () => {
      const { reference, current } = cellsOf(pair, name);
      const one = sketched(numbersOf(reference));
      const other = sketched(numbersOf(current));
      assertSide(one, column.reference);
      assertSide(other, column.current);
      const { digest } = one;
      const sorted = numbersOf(reference).sort();
      // The oracle's percentiles lie between two values, so up to one value beside ours.
      const most = 0.005 + 1 / digest.count;
      const percentiles = column.reference_percentiles_0_to_100;
      assert.equal(percentiles.length, 101);
      for (const [p, x] of percentiles.entries()) {
        assert.ok(digest.cdfBelow(x) <= p / 100 + most, `${p} % is ${x}, ${digest.cdfBelow(x)} below`);
        assert.ok(digest.cdf(x) >= p / 100 - most, `${p} % is ${x}, ${digest.cdf(x)} at or below`);
        const ours = digest.quantile(p / 100);
        const below = sorted.findIndex((value) => value >= ours) / sorted.length;
        const after = sorted.findIndex((value) => value > ours);
        const atOrBelow = after < 0 ? 1 : after / sorted.length;
        assert.ok(below <= p / 100 + 0.005 && atOrBelow >= p / 100 - 0.005, `${p} % is ${ours} here`);
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
});
