import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { BatchOutcome } from '../../../collector/src/ingest/group-commit.ts';
import { Backlog } from '../../../collector/src/receive/backlog.ts';
import { seededRandom } from '../../support/random.ts';

let sequence = 0;
const name = () => ({ projectId: 1, source: 'a', sequence: ++sequence });
const KEPT: BatchOutcome = { kind: 'accepted', refusals: [] };
const FAILED: BatchOutcome = { kind: 'retry', cause: new Error('no') };
const keep = async () => KEPT;
const fail = async () => FAILED;

describe('the backlog of all streams', () => {
  test('takes no more than its bound, has room again after a commit, and says so once each', async () => {
    const told: boolean[] = [];
    const backlog = new Backlog({ maxBytes: 100, onFull: (isFull) => told.push(isFull) });
    const done = Promise.withResolvers<BatchOutcome>();
    const first = backlog.hold(name(), 60, () => done.promise);
    for (let i = 0; i < 3; i++) assert.equal(await backlog.hold(name(), 60, keep), null);
    assert.equal(backlog.bytes, 60);
    done.resolve(KEPT);
    assert.equal(await first, KEPT);
    assert.equal(await backlog.hold(name(), 60, keep), KEPT);
    assert.equal(backlog.bytes, 0);
    assert.deepEqual(told, [true, false]);
  });

  test('holds a batch that comes again once, and gives both the same answer', async () => {
    const backlog = new Backlog({ maxBytes: 100 });
    const done = Promise.withResolvers<BatchOutcome>();
    let taken = 0;
    const batch = name();
    const take = () => {
      taken += 1;
      return done.promise;
    };
    const both = [backlog.hold(batch, 60, take), backlog.hold({ ...batch }, 60, take)];
    const other = backlog.hold({ ...batch, projectId: 2 }, 30, take);
    assert.equal(backlog.bytes, 90);
    done.resolve(KEPT);
    assert.deepEqual(await Promise.all([...both, other]), [KEPT, KEPT, KEPT]);
    assert.equal(taken, 2);
    await backlog.hold(batch, 60, take);
    assert.equal(taken, 3, 'what is not held any more is for the store to tell');
  });

  test('asks for longer waits the longer commits fail, up to half a minute, and for short ones after one that holds', async () => {
    let now = 0;
    const backlog = new Backlog({ monotonicNow: () => now });
    const waits: number[] = [];
    for (const at of [0, 20_000, 40_000, 600_000]) {
      now = at;
      await backlog.hold(name(), 1, fail);
      waits.push(backlog.retryMs(1, 0));
    }
    assert.deepEqual(waits, [1_000, 5_000, 10_000, 15_000]);
    await backlog.hold(name(), 1, keep);
    assert.equal(backlog.retryMs(1, 0), 1_000);
  });

  test('asks for waits as long as commits take, also the one that is under way', async () => {
    let now = 0;
    const backlog = new Backlog({ monotonicNow: () => now });
    const done = Promise.withResolvers<BatchOutcome>();
    const held = backlog.hold(name(), 1, () => done.promise);
    now = 4_000;
    assert.equal(backlog.retryMs(1, 0), 4_000);
    done.resolve(KEPT);
    await held;
    assert.equal(backlog.retryMs(1, 0), 8_000);
  });

  test('spreads a thousand streams of 16 batches: no second brings more than twice its share, none is later than half a minute', async () => {
    let now = 0;
    const backlog = new Backlog({ monotonicNow: () => now, random: seededRandom(7) });
    await backlog.hold(name(), 1, fail);
    for (const [failingMs, seconds] of [
      [0, 5],
      [600_000, 15],
    ] as const) {
      now = failingMs;
      const places = Array.from({ length: 1_000 }, () => backlog.drawPlace());
      // An agent heeds the longest wait that it is told.
      const waits = places.map((place) => Math.max(...Array.from({ length: 16 }, () => backlog.retryMs(1_000, place))));
      const perSecond = new Map<number, number>();
      for (const ms of waits) perSecond.set(Math.floor(ms / 1_000), (perSecond.get(Math.floor(ms / 1_000)) ?? 0) + 1);
      assert.ok(Math.max(...perSecond.values()) < (2 * 1_000) / seconds, `${[...perSecond.values()]}`);
      assert.ok(Math.min(...waits) >= 1_000 && Math.max(...waits) <= 30_000);
    }
  });

  test('slows those down whose batches are kept only from half of its bound on', async () => {
    const backlog = new Backlog({ maxBytes: 100 });
    const done = Promise.withResolvers<BatchOutcome>();
    const held = [backlog.hold(name(), 50, () => done.promise)];
    assert.equal(backlog.pauseMs(1, 0.5), 0);
    held.push(backlog.hold(name(), 25, () => done.promise));
    const some = backlog.pauseMs(1, 0.5);
    held.push(backlog.hold(name(), 25, () => done.promise));
    assert.ok(some > 0 && backlog.pauseMs(1, 0.5) > some && backlog.pauseMs(1, 0.99) <= 5_000);
    done.resolve(KEPT);
    await Promise.all(held);
  });
});
