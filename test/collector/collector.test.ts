import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { Client, type ClientDuplexStream, credentials } from '@grpc/grpc-js';
import {
  type Batch,
  decodeSettings,
  encodeHealth,
  REPORT_METHOD,
  type Receipt,
  Receipt_Status,
  type Settings,
} from '@tidemark/proto';
import { Collector } from '../../collector/src/collector.ts';
import type { Config } from '../../collector/src/config.ts';
import { createLog } from '../../collector/src/log.ts';
import { newSource } from '../support/batches.ts';

const DAY = 86_400_000;

import { createTestStore, type TestStore } from '../support/database.ts';
import { batchWith, OUTCOME } from './ingest/sample-events.ts';

type Stream = ClientDuplexStream<Batch, Receipt>;

let store: TestStore;
let collector: Collector;
let client: Client;
let httpPort: number;

before(async () => {
  store = await createTestStore();
  const config: Config = {
    grpc: '127.0.0.1:0',
    http: '127.0.0.1:0',
    auth: 'auto',
    budgets: { maxSeries: 5_000, maxVersions: 1_000 },
    tls: null,
    databaseUrl: store.databaseUrl,
    dataDir: store.dataDir,
    rules: null,
    keptFor: { minutes: 14 * DAY, hours: 400 * DAY, days: Infinity, events: 30 * DAY },
    time: 'wall',
    publicUrl: null,
    log: 'silent',
  };
  collector = await Collector.create(config, createLog('silent'), {});
  const listening = await collector.start();
  httpPort = listening.httpPort;
  client = new Client(`127.0.0.1:${listening.grpcPort}`, credentials.createInsecure());
});

after(async () => {
  client.close();
  await collector.stop({ timeoutMs: 5_000 });
  await store.remove();
});

function open(): Stream {
  return client.makeBidiStreamRequest(
    REPORT_METHOD.path,
    REPORT_METHOD.requestSerialize,
    REPORT_METHOD.responseDeserialize,
  );
}

async function send(stream: Stream, batch: Batch): Promise<Receipt> {
  stream.write(batch);
  const [receipt] = (await once(stream, 'data')) as [Receipt];
  assert.equal(receipt.sequence, batch.sequence);
  return receipt;
}

async function close(stream: Stream): Promise<void> {
  stream.end();
  await once(stream.resume(), 'end');
}

async function ask<T>(path: string, body?: unknown): Promise<T> {
  const put = { method: 'PUT', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const response = await fetch(`http://127.0.0.1:${httpPort}/api/v1${path}`, body === undefined ? {} : put);
  assert.equal(response.status, 200, path);
  return (await response.json()) as T;
}

const toldIn = ({ settings }: { settings?: Settings | undefined }) =>
  settings === undefined ? null : decodeSettings(settings);

describe('a collector and an agent that sends events and outcomes', () => {
  test('keeps each once, tells its clock, and tells a change of settings once', async () => {
    const source = newSource();
    const now = Date.now();
    const outcome = { ...OUTCOME, atMs: now };
    const first = batchWith(source, 1, { events: [{ atMs: now }, { atMs: now - 1 }], outcomes: [outcome] });
    for (const window of first.windows) window.startUnixMs = BigInt(now - (now % 3_600_000));
    first.health = encodeHealth({
      captured: 5,
      sent: 4,
      pending: 1,
      dropped: 0,
      cpuMs: 1,
      bytesSent: 900,
      queueBytes: 0,
      queueBatches: 0,
      eventLoopDelayP99Ms: 0.5,
      clockSkewMs: 2,
    });

    const broken = open();
    const accepted = await send(broken, first);
    assert.deepEqual([accepted.status, accepted.refusals], [Receipt_Status.ACCEPTED, []]);
    const answered = Number(accepted.answeredAtUnixMs);
    assert.ok(answered >= now && answered <= Date.now(), `${answered}`);
    assert.equal(toldIn(accepted), null);
    await close(broken);

    const stream = open();
    assert.equal((await send(stream, first)).status, Receipt_Status.DUPLICATE);
    const versions = await ask<{ id: number }[]>('/models/m/versions');
    const id = versions[0]?.id;
    assert.equal((await ask<unknown[]>(`/models/${id}/events`)).length, 2);
    const kept = await ask<{ prediction_id: string; value: unknown }[]>(`/models/${id}/outcomes`);
    assert.deepEqual(
      kept.map(({ prediction_id, value }) => [prediction_id, value]),
      [['p-1', 12.5]],
    );
    const agents = await ask<{ health: { captured: number } }[]>('/agents');
    assert.deepEqual(
      agents.map(({ health }) => health.captured),
      [5],
    );

    const settings = { bounds: [{ stage: 'feature', field: 'distance', max: 5000 }], eventShare: 0.5 };
    const { revision } = await ask<{ revision: number }>(`/models/${id}/settings`, { revision: 0, settings });
    const told = await send(stream, batchWith(source, 2, {}));
    assert.deepEqual(toldIn(told), { revision, models: [{ model: 'm', version: '1', ...settings }] });
    assert.equal(toldIn(await send(stream, batchWith(source, 3, {}))), null, 'once');
    const goingByIt = batchWith(source, 4, {});
    goingByIt.settingsRevision = BigInt(revision);
    assert.equal(toldIn(await send(stream, goingByIt)), null);
    await close(stream);

    const later = open();
    const sameAgent = batchWith(source, 5, {});
    sameAgent.settingsRevision = BigInt(revision);
    assert.equal(toldIn(await send(later, sameAgent)), null, 'not on a new connection either');
    await close(later);
    const another = open();
    assert.equal(toldIn(await send(another, batchWith(newSource(), 1, {})))?.revision, revision, 'but to a new agent');
    await close(another);
  });
});
