import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  backoffMs,
  DEFAULT_BACKOFF,
  FIRING_GIVE_UP_MS,
  isGivenUp,
  RESOLVED_GIVE_UP_MS,
} from '../../../collector/src/notify/backoff.ts';

test('the ceiling doubles up to the cap', () => {
  const backoff = { firstMs: 1_000, capMs: 6_000, floorMs: 0 };
  assert.deepEqual(
    [1, 2, 3, 4, 5, 5_000].map((attempt) => backoffMs(attempt, 1, backoff)),
    [1_000, 2_000, 4_000, 6_000, 6_000, 6_000],
  );
  assert.equal(backoffMs(3, 0.25, backoff), 1_000);
});

test('every wait is between the floor and the cap, and grows with the draw', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 10_000 }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (attempt, random) => {
        const wait = backoffMs(attempt, random);
        assert.ok(wait >= DEFAULT_BACKOFF.floorMs && wait <= DEFAULT_BACKOFF.capMs);
        assert.ok(wait <= backoffMs(attempt, 0.9999));
      },
    ),
  );
});

test('a firing is given up after a day, a resolve after three', () => {
  assert.equal(isGivenUp('firing', 1_000, 1_000 + FIRING_GIVE_UP_MS - 1), false);
  assert.equal(isGivenUp('firing', 1_000, 1_000 + FIRING_GIVE_UP_MS), true);
  assert.equal(isGivenUp('resolved', 1_000, 1_000 + FIRING_GIVE_UP_MS), false);
  assert.equal(isGivenUp('resolved', 1_000, 1_000 + RESOLVED_GIVE_UP_MS), true);
});

test('a resolve is never given up before its trigger', () => {
  const time = fc.nat(10 * RESOLVED_GIVE_UP_MS);
  fc.assert(
    fc.property(time, time, time, (fired, lasted, now) => {
      assert.ok(!isGivenUp('resolved', fired + lasted, now) || isGivenUp('firing', fired, now));
    }),
  );
});
