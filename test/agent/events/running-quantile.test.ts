import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RunningQuantile } from '../../../agent/src/events/running-quantile.ts';
import { seededRandom } from './seeded-random.ts';

const SHAPES: Record<string, (u: number) => number> = {
  uniform: (u) => u,
  exponential: (u) => -Math.log(1 - u),
  pareto: (u) => (1 - u) ** -0.5,
  'two humps': (u) => (u < 0.9 ? u : 50 + u),
  'whole milliseconds': (u) => Math.floor(-10 * Math.log(1 - u)),
};

describe('a running quantile', () => {
  it('is the example of the paper that gave it', () => {
    // Jain and Chlamtac 1985, table I.
    const given = [
      0.02, 0.15, 0.74, 3.39, 0.83, 22.37, 10.15, 15.43, 38.62, 15.92, 34.6, 10.28, 1.47, 0.4, 0.05, 11.39, 0.27, 0.42,
      0.09, 11.37,
    ];
    const median = new RunningQuantile(0.5);
    for (const x of given) median.add(x);
    assert.ok(Math.abs(median.value - 4.44) < 0.005, `${median.value}`);
  });

  for (const [name, shape] of Object.entries(SHAPES)) {
    it(`comes near the true rank: ${name}`, () => {
      for (const quantile of [0.5, 0.9, 0.99]) {
        const random = seededRandom(11);
        const values = Array.from({ length: 20_000 }, () => shape(random()));
        const running = new RunningQuantile(quantile);
        for (const x of values) running.add(x);
        const above = values.filter((x) => x > running.value).length / values.length;
        const atOrAbove = values.filter((x) => x >= running.value - 1).length / values.length;
        const room = 0.25 * (1 - quantile) + 0.01;
        assert.ok(
          above <= 1 - quantile + room && (name !== 'whole milliseconds' ? above : atOrAbove) >= 1 - quantile - room,
          `${quantile}: ${above}`,
        );
      }
    });
  }

  it('stands between the values it has seen, also few, equal and falling ones', () => {
    for (const values of [[5], [3, 1, 2], [7, 7, 7, 7, 7, 7, 7, 7], [9, 8, 7, 6, 5, 4, 3, 2, 1]]) {
      const running = new RunningQuantile(0.99);
      for (let round = 0; round < 2; round++) {
        for (const x of values) running.add(x);
        if (running.count < 5) continue;
        assert.ok(running.value >= Math.min(...values) && running.value <= Math.max(...values));
        running.reset();
        assert.equal(running.count, 0);
      }
    }
  });
});
