import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { Collector, type Config, createLog } from '@tidemark/collector';
import { createBaseline } from '../../collector/src/baseline/create.ts';
import { readFile } from '../../collector/src/baseline/read-file.ts';
import { ensureVersion } from '../../collector/src/store/models.ts';
import { insertBaseline } from '../../collector/src/store/write-baseline.ts';
import { oneBound, PROJECT } from '../support/batches.ts';
import { createTestStore, type TestStore } from '../support/database.ts';
import { type Received, startReceiver } from '../support/receivers.ts';
import { HOUR, MODEL, serveModel } from '../support/served-model.ts';

const T0 = Date.UTC(2001, 0, 1);
const ROWS = 300;
const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

const RULES = `
version: 1
evaluation: { query_offset: 0 }
groups:
  - name: watch
    interval: 1h
    rules:
      - alert: Drift
        drift: { model: ${MODEL}, stage: feature, fields: ["*"], method: psi, window: 1h, baseline: { kind: reference, name: training }, min_samples: 100 }
        fire: "> 0.25"
        clear: "< 0.1"
        for: 1h
        labels: { severity: critical }
        annotations: { summary: "{{ $labels.field }} drifted" }
receivers:
  - { name: chat, slack: { url: { env: SLACK } }, allow_private: true }
  - { name: pager, pagerduty: { routing_key: { env: KEY }, url: { env: PAGER } }, allow_private: true }
  - { name: hook, webhook: { url: { env: HOOK }, secret: { env: SECRET } }, allow_private: true }
route: { receivers: [chat, pager, hook] }
`;

/** Evenly spread rows; \`shift\` moves x and leaves y alone. */
const rows = (shift: number) =>
  Array.from({ length: ROWS }, (_, i) => [i / ROWS + shift, ((i * 7) % ROWS) / ROWS] as const);

async function withBaseline(store: TestStore, directory: string): Promise<void> {
  const file = join(directory, 'training.csv');
  await writeFile(file, ['x,y', ...rows(0).map((row) => row.join(','))].join('\n'));
  const { series, rows: count } = await createBaseline(await readFile(file));
  const database = await store.open();
  const versionId = await ensureVersion(database, PROJECT, MODEL, '1');
  await insertBaseline(database, { versionId, name: 'training', source: file, rows: count, series: series.values() });
  await database.close();
}

describe('the whole product', () => {
  test('turns a shift in what a real model is fed into one page, and its end into one resolve', {
    timeout: 60_000,
  }, async (t) => {
    const directory = await mkdtemp(join(tmpdir(), 'tidemark-page-'));
    const store = await createTestStore();
    const told = new Map<string, () => void>();
    const receiver = await startReceiver({
      secrets: [SECRET],
      onReceived: () => {
        for (const [key, resolve] of told) if (countOf(receiver.received, key) > 0) resolve();
      },
    });
    t.after(async () => {
      await receiver.close();
      await store.remove();
      await rm(directory, { recursive: true, force: true });
    });
    /** Resolves when all three receivers have been told of this kind. */
    const toldOf = (kind: 'firing' | 'resolved') =>
      Promise.all(
        ['slack', 'pagerduty', 'webhook'].map(
          (channel) =>
            new Promise<void>((resolve) => {
              const key = `${channel} ${kind}`;
              told.set(key, resolve);
              if (countOf(receiver.received, key) > 0) resolve();
            }),
        ),
      );

    await withBaseline(store, directory);
    const rulesFile = join(directory, 'rules.yaml');
    await writeFile(rulesFile, RULES);
    const config: Config = {
      grpc: '127.0.0.1:0',
      http: '127.0.0.1:0',
      auth: 'auto',
      budgets: { maxSeries: 5_000, maxVersions: 1_000 },
      tls: null,
      databaseUrl: store.databaseUrl,
      dataDir: store.dataDir,
      rules: rulesFile,
      keptFor: oneBound(400 * 24 * HOUR),
      time: 'data',
      publicUrl: 'https://tidemark.example',
      log: 'silent',
    };
    const { slack, pagerduty, webhook } = receiver.urls;
    const env = { SLACK: slack, PAGER: pagerduty, KEY: 'K'.repeat(32), HOOK: webhook, SECRET };
    const collector = await Collector.create(config, createLog('silent'), env);
    const { grpcPort, httpPort } = await collector.start();
    const { agent, serve } = await serveModel(`127.0.0.1:${grpcPort}`);

    // Three quiet hours, three shifted ones, three quiet ones; each hour is sent as it ends.
    for (const [hour, shift] of [0, 0, 0, 2, 2, 2].entries()) {
      await serve(T0 + hour * HOUR, rows(shift));
      assert.ok((await agent.flush({ timeoutMs: 10_000 })).delivered);
    }
    await serve(T0 + 6 * HOUR, rows(0));
    assert.ok((await agent.flush({ timeoutMs: 10_000 })).delivered);
    await toldOf('firing');
    for (const hour of [7, 8]) {
      await serve(T0 + hour * HOUR, rows(0));
      assert.ok((await agent.flush({ timeoutMs: 10_000 })).delivered);
    }
    await toldOf('resolved');

    const alerts = (await (await fetch(`http://127.0.0.1:${httpPort}/api/v1/alerts?state=all`)).json()) as {
      labels: { field: string };
    }[];
    assert.deepEqual(alerts.filter(({ labels }) => labels.field === 'x').length, 1);
    const models = (await (await fetch(`http://127.0.0.1:${httpPort}/api/v1/models`)).json()) as { rows: number }[];
    assert.deepEqual(
      models.map((model) => model.rows),
      [9 * ROWS],
    );

    await agent.stop();
    await collector.stop({ timeoutMs: 5_000 });
    assert.deepEqual(
      receiver.received.flatMap(({ mistakes }) => mistakes),
      [],
    );
    for (const channel of ['slack', 'pagerduty', 'webhook']) {
      for (const kind of ['firing', 'resolved'])
        assert.equal(countOf(receiver.received, `${channel} ${kind}`), 1, `${channel} ${kind}`);
    }
    const keys = receiver.received
      .filter(({ channel }) => channel === 'pagerduty')
      .map(({ body }) => (body as { dedup_key: string }).dedup_key);
    assert.equal(new Set(keys).size, 1, 'trigger and resolve have the same key');
    const [firing] = receiver.received
      .filter(({ channel }) => channel === 'webhook')
      .map(({ body }) => (body as { data: Record<string, unknown> }).data);
    assert.partialDeepStrictEqual(firing, {
      model: MODEL,
      version: '1',
      measure: 'psi',
      spanFrom: '2001-01-01T04:00:00.000Z',
      spanTo: '2001-01-01T05:00:00.000Z',
    });
    assert.deepEqual(agent.stats(), { ...agent.stats(), captured: 9 * ROWS, sent: 9 * ROWS, pending: 0 });
  });
});

/** How many requests of this channel and kind have come, as `channel kind`. */
function countOf(received: readonly Received[], key: string): number {
  return received.filter(({ channel, body }) => `${channel} ${kindOf(channel, body)}` === key).length;
}

function kindOf(channel: string, body: unknown): string {
  const { text, event_action, type } = body as { text?: string; event_action?: string; type?: string };
  if (channel === 'slack') return text?.startsWith('[RESOLVED') ? 'resolved' : 'firing';
  if (channel === 'pagerduty') return event_action === 'resolve' ? 'resolved' : 'firing';
  return type === 'alert.resolved' ? 'resolved' : 'firing';
}
