import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { createAgent } from '@tidemark/agent';
import { Collector } from '../../collector/src/collector.ts';
import { loadConfig } from '../../collector/src/config.ts';
import { createLog } from '../../collector/src/log.ts';
import { createTestStore, SERVER_URL, type TestStore } from '../support/database.ts';

async function startOn(t: TestContext, store: TestStore) {
  const env = { DATABASE_URL: store.databaseUrl ?? '', TIDEMARK_GRPC: '127.0.0.1:0', TIDEMARK_HTTP: '127.0.0.1:0' };
  const collector = await Collector.create(await loadConfig(undefined, env), createLog('silent'), {});
  t.after(() => collector.stop({ timeoutMs: 1_000 }));
  const { grpcPort, httpPort } = await collector.start();
  const leads = async () => {
    const metrics = await fetch(`http://127.0.0.1:${httpPort}/metrics`);
    return /^tidemark_upkeep_leading(\{.*\})? 1$/m.test(await metrics.text());
  };
  return { collector, grpcPort, leads };
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const patience = AbortSignal.timeout(30_000);
  while (!(await isSo())) patience.throwIfAborted();
}

describe('a collector that stops', { skip: SERVER_URL === undefined && 'needs a PostgreSQL server' }, () => {
  test('leaves upkeep to another at once, while its last batches still wait for their commit', async (t) => {
    const store = await createTestStore();
    const locker = await store.open();
    t.after(() => store.remove());
    t.after(() => locker.close());
    const first = await startOn(t, store);
    await until(first.leads);
    const second = await startOn(t, store);
    const agent = createAgent({
      collector: `127.0.0.1:${first.grpcPort}`,
      model: { name: 'm', version: '1' },
      log: () => undefined,
    });
    t.after(() => agent.stop({ timeoutMs: 0 }));
    agent.wrap((x: number) => x)(1);

    let hasStopped = false;
    const [flushed, stopped] = await locker.transaction(async (tx) => {
      await tx.query('lock table ingest_batch in exclusive mode');
      const flushed = agent.flush({ timeoutMs: 60_000 });
      const blocked = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
      await until(async () => (await tx.query(blocked)).length > 0);
      const stopped = first.collector.stop({ timeoutMs: 60_000 }).then(() => {
        hasStopped = true;
      });
      await until(second.leads);
      assert.equal(hasStopped, false);
      return [flushed, stopped];
    });
    await stopped;
    assert.equal((await flushed).delivered, true);
    const [kept] = await locker.query<{ n: number }>('select count(*)::int as n from ingest_batch');
    assert.equal(kept?.n, 1);
  });
});
