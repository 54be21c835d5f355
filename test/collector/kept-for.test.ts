import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { acceptanceBounds, deletionBounds, keptAs, longest } from '../../collector/src/kept-for.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = Date.UTC(2026, 2, 10, 15, 30);
const KEPT = { minutes: 3 * DAY, hours: 400 * DAY, days: Infinity, events: 12 * HOUR };

describe('retention in time', () => {
  test('is that of the width of a window', () => {
    assert.deepEqual([60_000, HOUR, DAY].map(keptAs), ['minutes', 'hours', 'days']);
  });

  test('takes what is younger than it, and of what is kept for ever all since 1970', () => {
    assert.deepEqual(acceptanceBounds(KEPT, NOW), {
      minutes: NOW - 3 * DAY,
      hours: NOW - 400 * DAY,
      days: 0,
      events: NOW - 12 * HOUR,
    });
    assert.deepEqual(acceptanceBounds(KEPT, -Infinity), { minutes: 0, hours: 0, days: 0, events: 0 });
  });

  test('deletes whole days only, more than a day behind what is still taken, and nothing that is kept for ever', () => {
    assert.deepEqual(deletionBounds(KEPT, NOW), {
      minutes: Date.UTC(2026, 2, 6),
      hours: Date.UTC(2025, 1, 2),
      days: -Infinity,
      events: Date.UTC(2026, 2, 9),
    });
    for (let now = NOW; now < NOW + 2 * DAY; now += 17 * 60_000) {
      const accepted = acceptanceBounds(KEPT, now);
      const deleted = deletionBounds(KEPT, now);
      for (const kept of ['minutes', 'hours', 'events'] as const) {
        assert.equal(deleted[kept] % DAY, 0);
        const behind = accepted[kept] - deleted[kept];
        assert.ok(behind >= DAY && behind < 2 * DAY, `${kept}: ${behind / HOUR} h behind`);
      }
    }
    assert.equal(deletionBounds(KEPT, -Infinity).hours, -Infinity);
  });

  test('of several is the longest of each', () => {
    const other = { minutes: DAY, hours: Infinity, days: DAY, events: DAY };
    assert.deepEqual(longest([KEPT, other]), { minutes: 3 * DAY, hours: Infinity, days: Infinity, events: DAY });
  });
});
