import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ValidBatch } from '../../../collector/src/ingest/batch.ts';
import { CommitPace } from '../../../collector/src/ingest/commit-pace.ts';
import { GroupCommit } from '../../../collector/src/ingest/group-commit.ts';
import { makeBatch, newSource, received } from '../../support/batches.ts';

const SPAN = 2_000;

function batchOf(source = newSource(), sequence = 1): ValidBatch {
  return received(makeBatch(source, sequence, [{ series: [{ values: [1] }] }]));
}

/** A pace that has just committed for many sources at time 0. */
function paceOfMany(sources: number): CommitPace {
  const pace = new CommitPace(SPAN);
  const batches = Array.from({ length: sources }, () => batchOf());
  for (const batch of batches) pace.add(batch, 0);
  assert.equal(pace.begin(batches, 0), sources);
  return pace;
}

describe('the pace of commits', () => {
  test('waits for nobody where all who are heard have sent something', () => {
    const pace = new CommitPace(SPAN);
    const sources = Array.from({ length: 10 }, () => newSource());
    const first = sources.map((source) => batchOf(source));
    for (const batch of first) pace.add(batch, 0);
    pace.begin(first, 0);
    for (const source of sources.slice(1)) pace.add(batchOf(source, 2), 100);
    assert.equal(pace.waitMs(100), SPAN - 100);
    pace.add(batchOf(sources[0], 2), 200);
    assert.equal(pace.waitMs(200), 0);
  });

  test('lets what many agents send within a span wait for one commit', () => {
    const pace = paceOfMany(10);
    pace.add(batchOf(), 300);
    assert.equal(pace.waitMs(300), SPAN - 300);
    assert.equal(pace.waitMs(SPAN), 0);
  });

  test('keeps few agents from waiting, and many of which only few are heard still', () => {
    const few = paceOfMany(3);
    few.add(batchOf(), 1);
    assert.equal(few.waitMs(1), 0);
    const once = paceOfMany(100);
    once.add(batchOf(), 10_001);
    once.begin([], 10_001);
    once.add(batchOf(), 10_002);
    assert.equal(once.waitMs(10_002), 0);
  });

  test('keeps many agents from waiting whose models are their own', () => {
    const pace = new CommitPace(SPAN);
    const own = (model: string) => received(makeBatch(newSource(), 1, [{ model, series: [{ values: [1] }] }]));
    const first = Array.from({ length: 20 }, (_, i) => own(`model-${i}`));
    for (const batch of first) pace.add(batch, 0);
    pace.begin(first, 0);
    pace.add(own('model-3'), 10);
    assert.equal(pace.waitMs(10), 0);
    for (let i = 0; i < 3; i++) pace.add(own('model-3'), 10);
    assert.equal(pace.waitMs(10), SPAN - 10, 'five agents meet in the rows of one model');
  });

  test('keeps an agent that has a backlog from waiting', () => {
    const pace = paceOfMany(10);
    const source = newSource();
    for (let sequence = 1; sequence < 8; sequence++) pace.add(batchOf(source, sequence), 10);
    assert.ok(pace.waitMs(10) > 0);
    pace.add(batchOf(source, 8), 10);
    assert.equal(pace.waitMs(10), 0);
  });

  test('bounds a commit, and does not let a full one wait', () => {
    const pace = paceOfMany(10);
    const waiting = Array.from({ length: 1_030 }, () => batchOf());
    for (const batch of waiting) pace.add(batch, 10);
    assert.equal(pace.waitMs(10), 0);
    assert.equal(pace.begin(waiting, 10), 1_024);
    assert.ok(pace.waitMs(10) > 0, 'the rest waits like any other');
    const wide = received(
      makeBatch(newSource(), 1, [{ series: Array.from({ length: 512 }, (_, i) => ({ field: `f${i}`, values: [1] })) }]),
    );
    assert.equal(
      pace.begin(
        Array.from({ length: 100 }, () => wide),
        20,
      ),
      64,
      '32 768 summaries',
    );
  });

  test('commits together what comes while it waits, and gives back what waits when it stops', async () => {
    const groups: number[] = [];
    const commit = async (batches: readonly ValidBatch[]) => {
      groups.push(batches.length);
      return batches.map(() => ({ kind: 'accepted', refusals: [] }) as const);
    };
    const group = new GroupCommit(commit, new CommitPace(60_000));
    await Promise.all(Array.from({ length: 10 }, () => group.submit(batchOf())));
    const source = newSource();
    const outcomes = Array.from({ length: 8 }, (_, i) => group.submit(batchOf(source, i + 1)));
    for (const outcome of outcomes) assert.equal((await outcome).kind, 'accepted');
    assert.deepEqual(groups, [10, 8], 'the eighth batch of one source ends the wait');
    const left = group.submit(batchOf());
    await group.stop();
    assert.equal((await left).kind, 'retry');
    assert.deepEqual(groups, [10, 8]);
  });
});
