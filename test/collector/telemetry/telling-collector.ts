import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { TestContext } from 'node:test';
import { Client, type ClientDuplexStream, credentials } from '@grpc/grpc-js';
import { type Batch, REPORT_METHOD, type Receipt, Receipt_Status } from '@tidemark/proto';
import { HOUR, makeBatch, newSource, T0 } from '../../support/batches.ts';
import { createTestStore } from '../../support/database.ts';
import { samplesOf } from '../../support/prometheus-tools.ts';
import { startReceiver } from '../../support/receivers.ts';
import { folderWith, type Serving, type Settings, serve, settingsFor } from '../commands/program.ts';

/** What users name and nobody else is to read: a model, a field, a receiver, a password. */
export const CANARIES = { model: 'canary-model', field: 'canary-field', receiver: 'canary-receiver' } as const;

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const RULES = `version: 1
evaluation: { query_offset: 0 }
groups:
  - name: watch
    interval: 1h
    rules:
      - alert: Missing
        schema: { model: ${CANARIES.model}, stage: feature, fields: ["*"], measure: null_share, window: 1h, min_samples: 1 }
        fire: "> 0.5"
receivers:
  - { name: ${CANARIES.receiver}, webhook: { url: { env: HOOK }, secret: { env: SECRET } }, allow_private: true }
route: { receivers: [${CANARIES.receiver}] }
`;

/** A running `tidemark serve` that judges, and somebody whom it tells. */
export type TellingCollector = Serving & {
  /** Sends each batch and waits for its receipt. */
  send(...batches: Batch[]): Promise<Receipt_Status[]>;
  /** Reads `/metrics` until this holds. @throws after 20 s. */
  samplesWhere(holds: (samples: Map<string, number>) => boolean): Promise<Map<string, number>>;
  metricsText(): Promise<string>;
};

/** Starts one on a store of its own, with these settings beside. `reroute` changes where a server is reached. */
export async function startTellingCollector(
  t: TestContext,
  settings: Settings = {},
  reroute: (url: URL) => void = () => undefined,
): Promise<TellingCollector> {
  const store = await createTestStore();
  const url = store.databaseUrl === null ? null : new URL(store.databaseUrl);
  if (url !== null) reroute(url);
  t.after(() => store.remove());
  const receiver = await startReceiver({ secrets: [SECRET] });
  t.after(() => receiver.close());
  const folder = await folderWith(t, { 'rules.yaml': RULES });
  const serving = await serve(t, {
    ...settingsFor(store),
    TIDEMARK_RULES: `${folder}/rules.yaml`,
    TIDEMARK_TIME: 'data',
    HOOK: receiver.urls.webhook,
    SECRET,
    DATABASE_URL: url?.href ?? '',
    ...settings,
  });
  const client = new Client(`127.0.0.1:${serving.grpcPort}`, credentials.createInsecure());
  t.after(() => client.close());
  const metricsText = async () => {
    const response = await fetch(`http://127.0.0.1:${serving.httpPort}/metrics`);
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
    return response.text();
  };
  return {
    ...serving,
    metricsText,
    async send(...batches) {
      const stream: ClientDuplexStream<Batch, Receipt> = client.makeBidiStreamRequest(
        REPORT_METHOD.path,
        REPORT_METHOD.requestSerialize,
        REPORT_METHOD.responseDeserialize,
      );
      const statuses: Receipt_Status[] = [];
      for (const batch of batches) {
        stream.write(batch);
        const [receipt] = (await once(stream, 'data')) as [Receipt];
        statuses.push(receipt.status);
      }
      stream.end();
      await once(stream.resume(), 'end');
      return statuses;
    },
    async samplesWhere(holds) {
      const deadline = Date.now() + 20_000;
      for (;;) {
        const samples = samplesOf(await metricsText());
        if (holds(samples)) return samples;
        assert.ok(Date.now() < deadline, 'it never held');
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
  };
}

/** Two hours of traffic: in the first every value is missing, so that an alert fires when the second begins. */
export function missingHours(source = newSource()): [Batch, Batch] {
  const { model, field } = CANARIES;
  const hour = (sequence: number, start: number, values: readonly unknown[]) =>
    makeBatch(source, sequence, [{ model, start, series: [{ field, values }] }]);
  return [hour(1, T0, [null, null, null, null]), hour(2, T0 + HOUR, [1, 2, 3])];
}

export { Receipt_Status };
