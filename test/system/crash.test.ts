import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { CollectorApi } from '../../examples/flight-delay/src/collector-api.ts';
import { CollectorProcess } from '../../examples/flight-delay/src/collector-process.ts';
import { createTestStore } from '../support/database.ts';
import { HOUR, MODEL, type ServedModel, serveModel } from '../support/served-model.ts';

const T0 = Date.UTC(2001, 0, 1);
const ROWS = 50;
const batch = Array.from({ length: ROWS }, (_, i) => [i / ROWS, 1] as const);

async function start(t: TestContext): Promise<{ collector: CollectorProcess; model: ServedModel }> {
  const directory = await mkdtemp(join(tmpdir(), 'tidemark-crash-'));
  const store = await createTestStore();
  const collector = new CollectorProcess(
    {
      DATABASE_URL: store.databaseUrl ?? '',
      TIDEMARK_DATA_DIR: store.dataDir,
      TIDEMARK_GRPC: '127.0.0.1:0',
      TIDEMARK_HTTP: '127.0.0.1:0',
      TIDEMARK_TIME: 'data',
    },
    join(directory, 'collector.log'),
  );
  await collector.start();
  const model = await serveModel(collector.grpcAddress);
  t.after(async () => {
    await model.agent.stop({ timeoutMs: 1_000 });
    await collector.stop();
    await store.remove();
    await rm(directory, { recursive: true, force: true });
  });
  return { collector, model };
}

/** Serves one batch in each of 24 hours of a day. */
async function serveDay({ serve }: ServedModel, day: number): Promise<void> {
  for (let hour = 0; hour < 24; hour++) await serve(T0 + (day * 24 + hour) * HOUR, batch);
}

async function assertExact(collector: CollectorProcess, { agent }: ServedModel, days: number): Promise<void> {
  const rows = days * 24 * ROWS;
  assert.deepEqual(agent.stats(), { ...agent.stats(), captured: rows, sent: rows, pending: 0 });
  const api = new CollectorApi(collector.httpUrl);
  const [version] = await api.versions(MODEL);
  assert.equal(version?.rows, rows, 'rows in the store');
  assert.equal(await api.countValues(version.id, 'feature', 'x'), rows, 'values in the store');
}

describe('a collector that ends', () => {
  test('by kill -9, again and again while batches are on their way, leaves every count exact', {
    timeout: 120_000,
  }, async (t) => {
    const { collector, model } = await start(t);
    const kills = 5;
    for (let day = 0; day < kills; day++) {
      await serveDay(model, day);
      const flushed = model.agent.flush({ timeoutMs: 60_000 });
      // From "before it was sent" to "after it was committed": each round waits for more turns of the event loop.
      for (let turn = 0; turn < day * 40; turn++) await new Promise((resolve) => setImmediate(resolve));
      await collector.kill();
      await collector.start();
      assert.ok((await flushed).delivered);
    }
    await assertExact(collector, model, kills);
  });

  test('by SIGTERM in the middle of a stream loses nothing and counts nothing twice', {
    timeout: 60_000,
  }, async (t) => {
    const { collector, model } = await start(t);
    for (let day = 0; day < 2; day++) {
      await serveDay(model, day);
      const flushed = model.agent.flush({ timeoutMs: 60_000 });
      for (let turn = 0; turn < 60; turn++) await new Promise((resolve) => setImmediate(resolve));
      await collector.terminate();
      await collector.start();
      assert.ok((await flushed).delivered);
    }
    await assertExact(collector, model, 2);
  });
});
