import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { dueTicks } from '../../../collector/src/rules/schedule.ts';

const EVERY_5 = { intervalMs: 5, queryOffsetMs: 2 };

test('ticks are multiples of the interval whose late windows were waited for', () => {
  assert.deepEqual(dueTicks(10, 21, EVERY_5), { ticks: [15], more: false });
  assert.deepEqual(dueTicks(10, 22, EVERY_5), { ticks: [15, 20], more: false });
  assert.deepEqual(dueTicks(20, 22, EVERY_5), { ticks: [], more: false });
  assert.deepEqual(dueTicks(25, 22, EVERY_5), { ticks: [], more: false });
});

test('without a last tick it begins with the newest that is due', () => {
  assert.deepEqual(dueTicks(null, 1022, EVERY_5), { ticks: [1020], more: false });
});

test('a last tick of another interval is followed by the next multiple', () => {
  assert.deepEqual(dueTicks(12, 24, EVERY_5).ticks, [15, 20]);
});

test('catching up in portions gives the ticks that live running gives', () => {
  fc.assert(
    fc.property(
      fc.nat(500),
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 7 }),
      (watermark, intervalMs, cap) => {
        const cadence = { intervalMs, queryOffsetMs: 3 };
        const live: number[] = [];
        for (let now = 0; now <= watermark; now++) live.push(...dueTicks(live.at(-1) ?? 0, now, cadence).ticks);
        const caught: number[] = [];
        for (;;) {
          const due = dueTicks(caught.at(-1) ?? 0, watermark, cadence, cap);
          assert.ok(due.ticks.length <= cap);
          caught.push(...due.ticks);
          if (!due.more) break;
        }
        assert.deepEqual(caught, live);
      },
    ),
  );
});

test('an interval of nothing is refused', () => {
  assert.throws(() => dueTicks(0, 10, { intervalMs: 0, queryOffsetMs: 0 }), RangeError);
});
