import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { createLog } from '../../../collector/src/log.ts';
import type { Database } from '../../../collector/src/store/database.ts';
import { type Duty, Leader } from '../../../collector/src/store/leader.ts';
import { createTestStore, SERVER_URL, type TestStore } from '../../support/database.ts';
import { lifecycleSuite } from '../../support/lifecycle.ts';

const opened = new WeakMap<Leader, { readonly database: Database; readonly store: TestStore }>();

async function open(t: TestContext, collectors: number): Promise<Database[]> {
  const store = await createTestStore();
  const databases: Database[] = [];
  for (let i = 0; i < collectors; i++) databases.push(await store.open());
  t.after(async () => {
    for (const database of databases) await database.close();
    await store.remove();
  });
  return databases;
}

/** A leader that notes each step, with the server process that did it. */
function leaderOn(t: TestContext, database: Database, everyMs = 0) {
  const steps: number[] = [];
  const duty: Duty = {
    name: 'test',
    everyMs,
    step: async (session) => {
      const [row] = await session.query<{ pid: number }>('select pg_backend_pid() as pid');
      steps.push(row?.pid ?? 0);
      return false;
    },
  };
  const leader = new Leader({
    database,
    duties: [duty],
    monotonicNow: () => performance.now(),
    log: createLog('silent'),
  });
  t.after(() => leader.stop());
  return { leader, steps };
}

async function until(isSo: () => boolean): Promise<void> {
  const patience = AbortSignal.timeout(30_000);
  while (!isSo()) {
    patience.throwIfAborted();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('the leader', () => {
  test('does its duties, each as often as it is due, and a step again at once while there is more', async (t) => {
    const [database] = await open(t, 1);
    assert.ok(database);
    let left = 5;
    let failed = 0;
    const duties: Duty[] = [
      { name: 'fails', everyMs: 0, step: async () => Promise.reject(new Error(`${++failed}`)) },
      { name: 'steps', everyMs: 3_600_000, step: async () => --left > 0 },
    ];
    const leader = new Leader({ database, duties, monotonicNow: () => performance.now(), log: createLog('silent') });
    leader.start();
    t.after(() => leader.stop());
    await until(() => left === 0 && failed > 1);
    await leader.stop();
    assert.equal(left, 0, 'once an hour, all its steps');
  });

  test('lends the embedded session to others between two steps', async (t) => {
    const [database] = await open(t, 1);
    assert.ok(database);
    let asked = false;
    let steps = 0;
    const duty: Duty = {
      name: 'long',
      everyMs: 0,
      step: async (session) => (await session.query('select 1')).length > 0 && ++steps < 10_000 && !asked,
    };
    const leader = new Leader({
      database,
      duties: [duty],
      monotonicNow: () => performance.now(),
      log: createLog('silent'),
    });
    leader.start();
    t.after(() => leader.stop());
    await until(() => steps > 0);
    await database.query('select 1');
    asked = true;
    assert.ok(steps < 10_000, 'asked between two of them');
    await leader.stop();
  });

  test('is one of several, until it stops or its session ends', {
    skip: SERVER_URL === undefined && 'needs a PostgreSQL server',
  }, async (t) => {
    const databases = await open(t, 3);
    const all = databases.map((database) => leaderOn(t, database));
    const [one, other, third] = all;
    assert.ok(one && other && third && databases[0]);
    one.leader.start();
    await until(() => one.steps.length > 0);
    other.leader.start();
    await until(() => one.steps.length > 3);
    assert.deepEqual([one.leader.isLeading, other.leader.isLeading, other.steps.length], [true, false, 0]);
    await one.leader.stop();
    await until(() => other.steps.length > 1);
    third.leader.start();
    const pid = other.steps.at(-1) ?? 0;
    await databases[0].query('select pg_terminate_backend($1)', [pid]);
    const before = other.steps.length;
    await until(() => third.steps.length > 0 || other.steps.slice(before).some((one) => one !== pid));
    await until(() => [other, third].filter(({ leader }) => leader.isLeading).length === 1);
  });
});

lifecycleSuite<Leader>('the leader', {
  make: async () => {
    const store = await createTestStore();
    const database = await store.open();
    const leader = new Leader({ database, duties: [], monotonicNow: () => 0, log: createLog('silent') });
    opened.set(leader, { database, store });
    return leader;
  },
  release: async (leader) => {
    const { database, store } = opened.get(leader) ?? {};
    await database?.close();
    await store?.remove();
  },
});
