import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { toBinary } from '@bufbuild/protobuf';
import { Client, credentials } from '@grpc/grpc-js';
import { BatchSchema, REPORT_METHOD, type Receipt, Receipt_Status } from '@tidemark/proto';
import { CollectorApi } from '../../examples/flight-delay/src/collector-api.ts';
import { CollectorProcess, runCommand } from '../../examples/flight-delay/src/collector-process.ts';
import { makeBatch, newSource } from '../support/batches.ts';
import { createTestStore } from '../support/database.ts';
import { HOUR, MODEL, serveModel } from '../support/served-model.ts';

const T0 = Date.UTC(2001, 0, 1);
const ROWS = Array.from({ length: 50 }, (_, i) => [i / 50, 1] as const);

/** Sends batches as an agent does. @returns how each was answered. */
async function send(address: string, batches: readonly Buffer[]): Promise<Receipt_Status[]> {
  const client = new Client(address, credentials.createInsecure());
  const stream = client.makeBidiStreamRequest(
    REPORT_METHOD.path,
    (bytes: Buffer) => bytes,
    REPORT_METHOD.responseDeserialize,
  );
  const answers: Receipt_Status[] = [];
  stream.on('data', (receipt: Receipt) => answers.push(receipt.status));
  for (const batch of batches) stream.write(batch);
  stream.end();
  await once(stream, 'end');
  client.close();
  return answers;
}

/** Everything that the API says of the models and the agents, by path. */
async function everything(url: string): Promise<Record<string, string>> {
  const answers: Record<string, string> = {};
  const get = async <T>(path: string): Promise<T> => {
    const answer = await fetch(`${url}/api/v1/${path}`);
    const text = await answer.text();
    assert.equal(answer.status, 200, `${path}: ${text}`);
    answers[path] = text;
    return JSON.parse(text) as T;
  };
  await get('agents');
  await get('alerts?state=all');
  for (const { model } of await get<{ model: string }[]>('models')) {
    for (const { id } of await get<{ id: number }[]>(`models/${model}/versions`)) {
      await get(`models/${id}/settings`);
      for (const { id: series } of await get<{ id: number }[]>(`versions/${id}/series`)) {
        await get(`series/${series}/windows`);
      }
    }
  }
  return answers;
}

async function settingsOf(t: TestContext, isEmbedded: boolean) {
  const store = isEmbedded ? null : await createTestStore();
  const directory = await mkdtemp(join(tmpdir(), 'tidemark-move-store-'));
  t.after(async () => {
    await store?.remove();
    await rm(directory, { recursive: true, force: true });
  });
  const settings = {
    DATABASE_URL: store?.databaseUrl ?? '',
    TIDEMARK_DATA_DIR: store?.dataDir ?? join(directory, 'data'),
    TIDEMARK_GRPC: '127.0.0.1:0',
    TIDEMARK_HTTP: '127.0.0.1:0',
    TIDEMARK_TIME: 'data',
    TIDEMARK_LOG: 'error',
  };
  return { directory, settings };
}

describe('a store that is moved while its agents wait', () => {
  test('answers the same, knows what it was sent, and goes on where it was', { timeout: 120_000 }, async (t) => {
    const old = await settingsOf(t, true);
    const collector = new CollectorProcess(old.settings, join(old.directory, 'collector.log'));
    t.after(() => collector.stop());
    await collector.start();
    const { agent, serve } = await serveModel(collector.grpcAddress);
    t.after(() => agent.stop({ timeoutMs: 1_000 }));
    for (let hour = 0; hour < 5; hour++) await serve(T0 + hour * HOUR, ROWS);
    assert.ok((await agent.flush({ timeoutMs: 30_000 })).delivered);
    const source = newSource();
    const sent = [1, 2, 3].map((sequence) => {
      const series = [{ values: [sequence, 0.5, NaN] }, { field: 'c', kind: 'category' as const, values: ['a', 'ü'] }];
      return Buffer.from(toBinary(BatchSchema, makeBatch(source, sequence, [{ series }])));
    });
    assert.deepEqual(
      await send(collector.grpcAddress, sent),
      sent.map(() => Receipt_Status.ACCEPTED),
    );
    const settings = await fetch(`${collector.httpUrl}/api/v1/models/1/settings`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ revision: 0, settings: { bounds: [], eventShare: 0.5 }, changedBy: 'test' }),
    });
    assert.equal(settings.status, 200, await settings.text());
    const before = await everything(collector.httpUrl);
    assert.ok(Object.keys(before).length > 8);

    await assert.rejects(
      runCommand(['export', '--out', old.directory], old.settings),
      /data directory .* is in use by process \d+ on .*Stop that process/,
    );
    await collector.terminate();
    const exported = JSON.parse(await runCommand(['export', '--out', old.directory, '--json'], old.settings));
    assert.equal(exported.rows.ingest_batch >= 4, true);

    const fresh = await settingsOf(t, false);
    const imported = JSON.parse(await runCommand(['import', '--in', old.directory, '--json'], fresh.settings));
    assert.deepEqual(imported.rows, exported.rows);
    const address = { TIDEMARK_GRPC: collector.grpcAddress, TIDEMARK_HTTP: new URL(collector.httpUrl).host };
    const next = new CollectorProcess({ ...fresh.settings, ...address }, join(fresh.directory, 'collector.log'));
    t.after(() => next.stop());
    await next.start();
    assert.deepEqual(await everything(next.httpUrl), before);

    assert.deepEqual(
      await send(next.grpcAddress, sent),
      sent.map(() => Receipt_Status.DUPLICATE),
    );
    assert.deepEqual(await everything(next.httpUrl), before, 'nothing is counted twice');

    for (let hour = 4; hour < 8; hour++) await serve(T0 + hour * HOUR, ROWS);
    assert.ok((await agent.flush({ timeoutMs: 60_000 })).delivered, 'the agent finds the collector in its new place');
    const [version] = await new CollectorApi(next.httpUrl).versions(MODEL);
    assert.equal(version?.rows, 9 * ROWS.length);
  });
});
