import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ValidBatch } from '../../../collector/src/ingest/batch.ts';
import { CommitPace } from '../../../collector/src/ingest/commit-pace.ts';
import { type BatchOutcome, type Commit, GroupCommit } from '../../../collector/src/ingest/group-commit.ts';
import { makeBatch, newSource, received } from '../../support/batches.ts';

const batchOf = () => received(makeBatch(newSource(), 1, [{ series: [{ values: [1] }] }]));
const turn = () => new Promise((resolve) => setImmediate(resolve));

test('a commit that hangs holds nobody up: its batches, those behind it and those that come are given back', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const commits: PromiseWithResolvers<BatchOutcome[]>[] = [];
  const group = new GroupCommit(() => {
    commits.push(Promise.withResolvers());
    return commits.at(-1)?.promise ?? Promise.resolve([]);
  }, new CommitPace(0));
  const kinds: string[] = [];
  const submit = () => void group.submit(batchOf()).then(({ kind }) => kinds.push(kind));
  submit();
  await turn();
  await turn();
  submit();
  t.mock.timers.tick(4_999);
  await turn();
  assert.equal(kinds.length, 0);
  t.mock.timers.tick(1);
  await turn();
  submit();
  await turn();
  assert.deepEqual(kinds, ['retry', 'retry', 'retry']);
  assert.equal(commits.length, 1, 'and no other commit is begun meanwhile');
  commits[0]?.resolve([{ kind: 'accepted', refusals: [] }]);
  await turn();
  submit();
  await turn();
  await turn();
  commits[1]?.resolve([{ kind: 'accepted', refusals: [] }]);
  await turn();
  assert.deepEqual(kinds, ['retry', 'retry', 'retry', 'accepted']);
});

test('a store whose last commit failed is tried with a few batches, until it keeps one; the others are given back unread', async () => {
  let answer: BatchOutcome = { kind: 'retry', cause: new Error('away') };
  const tried: number[] = [];
  const group = new GroupCommit(async (batches) => {
    tried.push(batches.length);
    return batches.map(() => answer);
  }, new CommitPace(0));
  const submit = (count: number) => Promise.all(Array.from({ length: count }, () => group.submit(batchOf())));

  assert.equal((await submit(40)).length, 40);
  assert.deepEqual(tried, [40], 'nothing was known of it');
  assert.equal(group.closedBecause, null, 'somebody has to try');
  const trying = submit(40);
  assert.match(String(group.closedBecause), /last commit has failed/);
  await trying;
  assert.deepEqual(tried, [40, 16]);
  answer = { kind: 'accepted', refusals: [] };
  const kinds = (await submit(20)).map(({ kind }) => kind);
  assert.deepEqual(kinds, [...Array(16).fill('accepted'), ...Array(4).fill('retry')]);
  await submit(40);
  assert.deepEqual(tried, [40, 16, 16, 40], 'it is taken for well again');
});

/** A group commit of which the test ends each commit, and says when it is packed. */
function startSlow(atOnce: number) {
  const commits: { readonly batches: readonly ValidBatch[]; onPacked(): void; end(): void }[] = [];
  const commit: Commit = (batches, onPacked) => {
    const { promise, resolve } = Promise.withResolvers<BatchOutcome[]>();
    const end = () => resolve(batches.map(() => ({ kind: 'accepted', refusals: [] })));
    commits.push({ batches, onPacked, end });
    return promise;
  };
  const group = new GroupCommit(commit, new CommitPace(0), atOnce);
  const kinds: string[] = [];
  const submit = async (...batches: ValidBatch[]) => {
    for (const batch of batches) void group.submit(batch).then(({ kind }) => kinds.push(kind));
    for (let i = 0; i < 4; i++) await turn();
  };
  const settled = async () => {
    for (let i = 0; i < 4; i++) await turn();
    return kinds.length;
  };
  return { group, commits, submit, settled };
}

const own = (model: string, source = newSource(), sequence = 1) =>
  received(makeBatch(source, sequence, [{ model, series: [{ values: [1] }] }]));

describe('commits at once', () => {
  test('begin when the one before is packed, of what it has nothing of', async () => {
    const { commits, submit, settled } = startSlow(2);
    const source = newSource();
    await submit(own('a', source));
    await submit(own('b'));
    assert.equal(commits.length, 1, 'the first is still being packed');
    await submit(own('a'), own('c', source, 2), own('d'));
    commits[0]?.onPacked();
    await settled();
    assert.deepEqual(
      commits.map(({ batches }) => batches.map(({ windows }) => windows[0]?.model)),
      [['a'], ['b', 'd']],
      'neither its model nor its agent',
    );
    commits[1]?.onPacked();
    await submit(own('e'));
    assert.equal(commits.length, 2, 'two at once are enough');
    commits[1]?.end();
    assert.equal(await settled(), 2);
    assert.deepEqual(
      commits[2]?.batches.map(({ windows }) => windows[0]?.model),
      ['e'],
    );
    commits[0]?.end();
    commits[2]?.end();
    assert.equal(await settled(), 4);
    assert.deepEqual(
      commits[3]?.batches.map(({ windows }) => windows[0]?.model),
      ['a', 'c'],
    );
    commits[3]?.end();
    assert.equal(await settled(), 6);
  });

  test('divide what much waits, so that each finds as much to do as the others', async () => {
    const large = Array.from({ length: 100 }, (_, i) => ({ field: `f${i}`, values: [1] }));
    for (const [atOnce, sizes] of [
      [1, [12]],
      [2, [6, 6]],
      [4, [4, 4, 4]],
    ] as const) {
      const { commits, submit, settled } = startSlow(atOnce);
      await submit(
        ...Array.from({ length: 12 }, (_, i) =>
          received(makeBatch(newSource(), 1, [{ model: `m${i}`, series: large }])),
        ),
      );
      for (let i = 0; i < atOnce; i++) {
        commits[i]?.onPacked();
        await settled();
      }
      assert.deepEqual(
        commits.map(({ batches }) => batches.length),
        sizes,
      );
    }
  });

  test('let nobody wait for ever who touches what both are at', async () => {
    const { commits, submit, settled } = startSlow(2);
    await submit(own('a'));
    commits[0]?.onPacked();
    await submit(own('b'));
    commits[1]?.onPacked();
    const both = received(
      makeBatch(newSource(), 1, [
        { model: 'a', series: [{ values: [1] }] },
        { model: 'b', series: [{ values: [1] }] },
      ]),
    );
    await submit(both, own('a'), own('b'));
    commits[0]?.end();
    await settled();
    assert.equal(commits.length, 2, 'it came before the other of a');
    commits[1]?.end();
    await settled();
    assert.equal(commits[2]?.batches.length, 3);
    commits[2]?.end();
    assert.equal(await settled(), 5);
  });

  test('are one at a time where the store can do no more', async () => {
    const { commits, submit, settled } = startSlow(1);
    await submit(own('a'));
    commits[0]?.onPacked();
    await submit(own('b'));
    assert.equal(commits.length, 1);
    commits[0]?.end();
    await settled();
    assert.equal(commits.length, 2);
    commits[1]?.end();
    assert.equal(await settled(), 2);
  });

  test('are all waited for when it stops', async () => {
    const { group, commits, submit, settled } = startSlow(2);
    await submit(own('a'));
    commits[0]?.onPacked();
    await submit(own('b'));
    let hasStopped = false;
    const stopped = group.stop().then(() => {
      hasStopped = true;
    });
    commits[1]?.end();
    await settled();
    assert.equal(hasStopped, false);
    commits[0]?.end();
    await stopped;
    assert.equal(await settled(), 2);
  });
});
