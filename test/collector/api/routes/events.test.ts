import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { encodeHealth, LossSchema } from '@tidemark/proto';
import { Ingest } from '../../../../collector/src/ingest/ingest.ts';
import { registerCollector } from '../../../../collector/src/store/batches.ts';
import type { Database } from '../../../../collector/src/store/database.ts';
import { createIngestStore } from '../../../../collector/src/store/ingest-transaction.ts';
import { HOUR, newSource, received, T0 } from '../../../support/batches.ts';
import { withDatabase } from '../../../support/database.ts';
import { batchWith, EVENT } from '../../ingest/sample-events.ts';
import { withApi } from '../running-api.ts';

async function seed(database: Database): Promise<void> {
  const part = await registerCollector(database, randomUUID(), 'test');
  const ingest = new Ingest(createIngestStore(database, part), () => undefined);
  const at = (hours: number) => T0 + hours * HOUR;
  const batch = batchWith(newSource(), 1, {
    events: [
      { atMs: at(0) },
      { atMs: at(1), stratum: 'slow' },
      { atMs: at(2), predictionId: '', traceId: '', spanId: '' },
    ],
    outcomes: [
      { atMs: at(0), values: [{ stage: 'outcome', field: 'delay', value: 0 }] },
      { atMs: at(1), predictionId: 'p-2', values: [{ stage: 'outcome', field: 'late', value: false }] },
      { atMs: at(2), predictionId: 'p-3', values: [{ stage: 'outcome', field: 'why', value: undefined }] },
    ],
  });
  batch.health = encodeHealth({
    captured: 3,
    sent: 2,
    pending: 1,
    dropped: 0,
    cpuMs: 0.5,
    bytesSent: 100,
    queueBytes: 10,
    queueBatches: 1,
    eventLoopDelayP99Ms: 1.5,
    clockSkewMs: -3,
  });
  batch.settingsRevision = 4n;
  batch.losses = [create(LossSchema, { model: 'm', version: '1', reason: 'queue-full', count: 5n })];
  assert.deepEqual(await ingest.take(received(batch)), { kind: 'accepted', refusals: [] });
}

describe('the API of events, outcomes and agents', () => {
  test('answers events whole, newest first, by stratum, span and limit', () =>
    withDatabase(async (database) => {
      await seed(database);
      await withApi(database, async (ask) => {
        const times = async (query: string) => {
          const { status, body } = await ask(`/api/v1/models/1/events${query}`);
          assert.equal(status, 200, JSON.stringify(body));
          return (body as { at: string }[]).map(({ at }) => (Date.parse(at) - T0) / HOUR);
        };
        assert.deepEqual(await times(''), [2, 1, 0]);
        assert.deepEqual(await times('?limit=2'), [2, 1]);
        assert.deepEqual(await times('?stratum=slow'), [1]);
        assert.deepEqual(await times('?stratum=error'), []);
        assert.deepEqual(await times('?from=2001-01-01T00:00:00Z&to=2001-01-01T02:00:00Z'), [1, 0]);
        const [event] = (await ask('/api/v1/models/1/events?to=2001-01-01T00:00:01Z')).body as object[];
        assert.deepEqual(event, {
          at: '2001-01-01T00:00:00.000Z',
          stratum: 'sample',
          weight: 2,
          slice: '',
          latency_ms: 1.5,
          failed: false,
          prediction_id: 'p-1',
          values: {
            feature: JSON.parse('{"distance":12.5,"__proto__":null}'),
            input: { origin: 'A\uFFFD"\\L' },
            prediction: { late: true },
          },
          violations: EVENT.violations,
          trace_id: EVENT.traceId,
          span_id: EVENT.spanId,
        });
      });
    }));

  test('answers outcomes, whatever their values are', () =>
    withDatabase(async (database) => {
      await seed(database);
      await withApi(database, async (ask) => {
        const values = async (query: string) =>
          ((await ask(`/api/v1/models/1/outcomes${query}`)).body as { prediction_id: string; value: unknown }[]).map(
            ({ prediction_id, value }) => [prediction_id, value],
          );
        assert.deepEqual(await values(''), [
          ['p-3', null],
          ['p-2', false],
          ['p-1', 0],
        ]);
        assert.deepEqual(await values('?prediction_id=p-2'), [['p-2', false]]);
        assert.deepEqual(await values('?limit=1'), [['p-3', null]]);
      });
    }));

  test('answers agents with their health and what they could not keep', () =>
    withDatabase(async (database) => {
      await seed(database);
      await withApi(database, async (ask) => {
        const { body } = await ask('/api/v1/agents');
        const [agent, ...others] = body as { first_seen: string; health: { said_at: string } }[];
        assert.deepEqual(others, []);
        assert.partialDeepStrictEqual(agent, {
          service: 'test',
          host: 'localhost',
          pid: 1,
          thread_id: 0,
          health: { captured: 3, sent: 2, pending: 1, clock_skew_ms: -3, cpu_ms: 0.5, settings_revision: 4 },
          losses: [{ model: 'm', version: '1', reason: 'queue-full', count: 5 }],
        });
        assert.equal(agent?.health.said_at, agent?.first_seen, 'both are of the same transaction');
      });
    }));

  test('says what is not there and what was asked wrongly', () =>
    withDatabase(async (database) => {
      await withApi(database, async (ask) => {
        for (const path of ['events', 'outcomes', 'settings']) {
          assert.equal((await ask(`/api/v1/models/9/${path}`)).status, 404, path);
          assert.equal((await ask(`/api/v1/models/x/${path}`)).status, 400, path);
          assert.equal((await ask(`/api/v1/models/2147483648/${path}`)).status, 400, path);
        }
        for (const query of ['stratum=angry', 'from=yesterday', 'limit=0', 'limit=10001']) {
          assert.equal((await ask(`/api/v1/models/1/events?${query}`)).status, 400, query);
        }
      });
    }));
});
