import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createTestStore, SERVER_URL } from '../../support/database.ts';

describe('transactions of the embedded database', {
  skip: SERVER_URL !== undefined && 'a server is under test',
}, () => {
  test('begin their work at once and take turns with their statements; what fails is rolled back', async (t) => {
    const store = await createTestStore();
    const database = await store.open();
    t.after(async () => {
      await database.close();
      await store.remove();
    });
    await database.query('create table seen (who text)');
    const order: string[] = [];
    const held = Promise.withResolvers<void>();
    const first = database.transaction(async (tx) => {
      await tx.query(`insert into seen values ('first')`);
      order.push('first asked');
      await held.promise;
      order.push('first ends');
    });
    while (order.length === 0) await new Promise((resolve) => setImmediate(resolve));
    const second = database.transaction(async (tx) => {
      order.push('second begins');
      await tx.query(`insert into seen values ('second')`);
      order.push('second asked');
      throw new Error('given up');
    });
    const without = database.transaction(async () => 'no statement, no turn');
    assert.equal(await without, 'no statement, no turn');
    assert.deepEqual(order, ['first asked', 'second begins']);
    held.resolve();
    await first;
    await assert.rejects(second, /given up/);
    assert.deepEqual(order, ['first asked', 'second begins', 'first ends', 'second asked']);
    assert.deepEqual(await database.query('select who from seen'), [{ who: 'first' }]);
    await assert.rejects(
      database.transaction((tx) => tx.query('select nothing')),
      /nothing/,
    );
    assert.deepEqual(await database.query('select count(*)::int as n from seen'), [{ n: 1 }]);
  });

  test('fail with the reason where the turn cannot be had', async (t) => {
    const store = await createTestStore();
    const database = await store.open();
    t.after(() => store.remove());
    await database.close();
    await assert.rejects(
      database.transaction((tx) => tx.query('select 1')),
      /closed/,
    );
    assert.equal(await database.transaction(async () => 1), 1);
  });
});
