import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CommitPace } from '../../../collector/src/ingest/commit-pace.ts';
import { type BatchOutcome, GroupCommit } from '../../../collector/src/ingest/group-commit.ts';
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
