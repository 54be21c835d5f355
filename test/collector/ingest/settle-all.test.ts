import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settleAll } from '../../../collector/src/ingest/settle-all.ts';

test('steps are waited for to the last, and what failed first is thrown', async () => {
  const [slow, failing, late] = [0, 1, 2].map(() => Promise.withResolvers<void>());
  assert.ok(slow && failing && late);
  let hasEnded = false;
  const all = settleAll([slow.promise, undefined, late.promise, failing.promise]).finally(() => {
    hasEnded = true;
  });
  all.catch(() => undefined);
  failing.reject(new Error('the cause'));
  await new Promise((resolve) => setImmediate(resolve));
  late.reject(new Error('the transaction is aborted'));
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(hasEnded, false);
  slow.resolve();
  await assert.rejects(all, /the cause/);
  await settleAll([]);
  await settleAll([Promise.resolve(1), undefined]);
});
