import assert from 'node:assert/strict';
import { test } from 'node:test';
import { randomOf } from '../../../collector/src/drift/random.ts';
import { rangeNull, shareNull } from '../../../collector/src/drift/share-null.ts';

/** How often a tail at or below the rate is met. */
function rateOf(draw: () => number, rate: number, trials = 4000): number {
  let alarms = 0;
  for (let i = 0; i < trials; i++) if (draw() <= rate) alarms++;
  return alarms / trials / rate;
}

test('a share alarms as often as asked for while it stays what it was', () => {
  const random = randomOf('shares');
  for (const [share, nRef, n] of [
    [0.3, 2000, 1000],
    [0.02, 50_000, 5000],
    [0.1, 500, 10_000],
  ] as const) {
    const rate = rateOf(
      () => {
        const hits = random.binomial(nRef, share);
        return shareNull(hits, nRef, n).tail(random.binomial(n, share) / n);
      },
      0.05,
      1000,
    );
    assert.ok(rate > 0.6 && rate < 1.4, `${share}: ${rate}`);
  }
});

test('far out the probability is exact: one null in 1 000 rows where the baseline had none in a million', () => {
  const tail = shareNull(0, 1_000_000, 1000).tail(1 / 1000);
  // P(one or more) is about 1 000 times half in a million, of which half counts.
  assert.ok(tail > 1e-4 && tail < 1e-3, `${tail}`);
  assert.ok(shareNull(0, 1_000_000, 1000).tail(5 / 1000) < 1e-7);
});

test('values beyond the range of a baseline come as the two end gaps foretell, and not where an end is a limit', () => {
  const random = randomOf('range');
  const nRef = 200;
  const n = 100;
  const rate = rateOf(
    () => {
      const reference = Array.from({ length: nRef }, () => random.uniform());
      const [least, most] = [Math.min(...reference), Math.max(...reference)];
      let outside = 0;
      for (let i = 0; i < n; i++) {
        const value = random.uniform();
        if (value < least || value > most) outside++;
      }
      return rangeNull(2, 0, nRef, n).tail(outside / n);
    },
    0.05,
    2000,
  );
  assert.ok(rate > 0.5 && rate < 1.5, `${rate}`);
  assert.ok(rangeNull(0, 0, 10_000, 100).tail(0.02) < rangeNull(2, 0, 10_000, 100).tail(0.02));
});

test('huge baselines and windows take no more than a moment', () => {
  const nulls = shareNull(5e8, 1e9, 1e9);
  assert.ok(nulls.quantile(0.05) > 0.5 && nulls.quantile(0.05) < 0.5001);
});
