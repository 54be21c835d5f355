import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SlowGate, type SlowLimit } from '../../../agent/src/events/slow-gate.ts';
import { seededRandom } from './seeded-random.ts';

function setUp(limit: SlowLimit) {
  const random = seededRandom(3);
  const gate = new SlowGate(limit, random);
  /** The share of `count` latencies around `scale` that are slow. */
  const share = (count: number, scale: number) => {
    let slow = 0;
    for (let i = 0; i < count; i++) if (gate.isSlow(scale * -Math.log(1 - random()))) slow++;
    return slow / count;
  };
  return { gate, share };
}

describe('a slow call', () => {
  it('took longer than the limit in milliseconds', () => {
    const { gate } = setUp({ ms: 100 });
    for (const [latencyMs, slow] of [
      [99, false],
      [100, false],
      [100.1, true],
      [Number.NaN, false],
    ] as const) {
      assert.equal(gate.isSlow(latencyMs), slow);
    }
  });

  it('is above the quantile of the calls before it', () => {
    const { share } = setUp({ quantile: 0.9 });
    share(2_000, 10);
    const slow = share(50_000, 10);
    assert.ok(slow > 0.07 && slow < 0.13, `${slow}`);
  });

  it('is one in a few again after the version has become ten times slower or faster', () => {
    const { share } = setUp({ quantile: 0.95 });
    share(20_000, 10);
    assert.ok(share(200, 100) > 0.5);
    share(30_000, 100);
    const after = share(20_000, 100);
    assert.ok(after > 0.03 && after < 0.08, `${after}`);
    share(30_000, 1);
    const faster = share(20_000, 1);
    assert.ok(faster > 0.03 && faster < 0.08, `${faster}`);
  });

  it('is none before there are enough to compare with, and none among equals', () => {
    const { gate } = setUp({ quantile: 0.99 });
    for (let i = 0; i < 99; i++) assert.equal(gate.isSlow(i), false);
    const equal = setUp({ quantile: 0.99 }).gate;
    for (let i = 0; i < 5_000; i++) assert.equal(equal.isSlow(1), false);
    assert.equal(equal.isSlow(1.5), true);
  });

  it('learns nothing from what is no latency', () => {
    const { gate } = setUp({ quantile: 0.5 });
    for (let i = 0; i < 5_000; i++) {
      for (const odd of [Number.NaN, Number.POSITIVE_INFINITY, -1]) gate.isSlow(odd);
      gate.isSlow(1);
    }
    assert.deepEqual([gate.isSlow(1), gate.isSlow(1.1), gate.isSlow(Number.NaN)], [false, true, false]);
  });
});
