import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { encodeHealth, type PlainHealth } from '@tidemark/proto';
import { Ingest } from '../../../collector/src/ingest/ingest.ts';
import type { IngestStore } from '../../../collector/src/ingest/ingest-store.ts';
import { listAgents } from '../../../collector/src/store/agents.ts';
import { registerCollector } from '../../../collector/src/store/batches.ts';
import type { Database } from '../../../collector/src/store/database.ts';
import { listEvents } from '../../../collector/src/store/events.ts';
import { createIngestStore } from '../../../collector/src/store/ingest-transaction.ts';
import { ensureVersion } from '../../../collector/src/store/models.ts';
import { listOutcomes } from '../../../collector/src/store/outcomes.ts';
import { HOUR, newSource, PROJECT, received, T0 } from '../../support/batches.ts';
import { withDatabase } from '../../support/database.ts';
import { batchWith, EVENT } from './sample-events.ts';

const ALL = { from: 0, to: Date.UTC(2100, 0, 1), limit: 1000 };

async function startIngest(database: Database, wrap = (store: IngestStore) => store): Promise<Ingest> {
  const part = await registerCollector(database, randomUUID(), 'test');
  return new Ingest(wrap(createIngestStore(database, part)), () => undefined);
}

const eventsOf = (database: Database) => listEvents(database, 1, { ...ALL, stratum: null });
const outcomesOf = async (database: Database) =>
  (await listOutcomes(database, 1, { ...ALL, predictionId: null })).map(
    ({ prediction_id, field, number, text, flag, at }) => [
      prediction_id,
      field,
      number ?? text ?? flag,
      (at - T0) / HOUR,
    ],
  );

describe('ingest of events and outcomes', () => {
  test('keeps everything that an event says', () =>
    withDatabase(async (database) => {
      const ingest = await startIngest(database);
      const bare = {
        predictionId: '',
        traceId: '',
        spanId: '',
        values: [],
        violations: [],
        atMs: T0 - 1,
        failed: true,
      };
      const batch = batchWith(newSource(), 1, { events: [{}, bare] });
      assert.deepEqual(await ingest.take(received(batch)), { kind: 'accepted', refusals: [] });
      const [whole, empty] = await eventsOf(database);
      assert.deepEqual(
        { ...whole, values: JSON.stringify(whole?.values.feature) },
        {
          at: T0,
          stratum: 'sample',
          weight: 2,
          slice: '',
          latency_ms: 1.5,
          failed: false,
          prediction_id: 'p-1',
          values: '{"distance": 12.5, "__proto__": null}'.replaceAll(' ', ''),
          violations: EVENT.violations,
          trace_id: EVENT.traceId,
          span_id: EVENT.spanId,
        },
      );
      assert.deepEqual(
        [whole?.values.input, whole?.values.prediction],
        [{ origin: 'A\uFFFD"\\L' }, { late: true }],
        'NUL is the one character that PostgreSQL cannot hold',
      );
      assert.partialDeepStrictEqual(empty, {
        at: T0 - 1,
        failed: true,
        prediction_id: null,
        trace_id: null,
        span_id: null,
        values: {},
        violations: [],
      });
    }));

  test('keeps them once, however often and to whichever collector their batch comes', () =>
    withDatabase(async (database) => {
      const [ingest, other] = [await startIngest(database), await startIngest(database)];
      const batch = batchWith(newSource(), 1, { events: [{}, {}], outcomes: [{}] });
      const takers = [ingest, ingest, other];
      const outcomes = await Promise.all(takers.map((taker) => taker.take(received(batch))));
      assert.deepEqual(outcomes.map(({ kind }) => kind).sort(), ['accepted', 'duplicate', 'duplicate']);
      assert.equal((await eventsOf(database)).length, 2);
      // Also long after the ids of batches have been forgotten.
      await database.query('delete from ingest_batch');
      assert.equal((await ingest.take(received(batch))).kind, 'accepted');
      assert.equal((await eventsOf(database)).length, 2);
      assert.equal((await outcomesOf(database)).length, 1);
    }));

  test('keeps nothing of a batch whose transaction fails, and all of it when it comes again', () =>
    withDatabase(async (database) => {
      // Its id is taken before, since one that is rolled back is gone for good.
      await ensureVersion(database, PROJECT, 'm', '1');
      let fails = true;
      const ingest = await startIngest(database, (store) => ({
        ...store,
        transaction: (work) =>
          store.transaction(async (tx) => {
            const answer = await work(tx);
            if (fails) throw new Error('the connection broke before the commit');
            return answer;
          }),
      }));
      const batch = batchWith(newSource(), 1, { events: [{}], outcomes: [{}] });
      assert.equal((await ingest.take(received(batch))).kind, 'retry');
      assert.deepEqual([(await eventsOf(database)).length, (await outcomesOf(database)).length], [0, 0]);
      fails = false;
      assert.equal((await ingest.take(received(batch))).kind, 'accepted');
      assert.deepEqual([(await eventsOf(database)).length, (await outcomesOf(database)).length], [1, 1]);
    }));

  test('refuses those of a version that nobody described by path, and keeps the others', () =>
    withDatabase(async (database) => {
      const ingest = await startIngest(database);
      const ghost = { version: { model: 'm', version: 'ghost' } };
      const batch = batchWith(newSource(), 1, { events: [{}, ghost], outcomes: [ghost, {}] });
      const outcome = await ingest.take(received(batch));
      assert.ok(outcome.kind === 'accepted');
      assert.deepEqual(
        outcome.refusals.map(({ part, code, rows }) => [part, code, rows]),
        [
          ['events[1]', 'unknown_model_version', 0],
          ['outcomes[0]', 'unknown_model_version', 0],
        ],
      );
      assert.deepEqual([(await eventsOf(database)).length, (await outcomesOf(database)).length], [1, 1]);
    }));

  test('takes events and outcomes of a version that another batch described', () =>
    withDatabase(async (database) => {
      const ingest = await startIngest(database);
      await ingest.take(received(batchWith(newSource(), 1, {})));
      const bare = batchWith(newSource(), 1, { events: [{}], outcomes: [{}] });
      bare.modelVersions = [];
      bare.windows = [];
      assert.deepEqual(await ingest.take(received(bare)), { kind: 'accepted', refusals: [] });
      assert.deepEqual([(await eventsOf(database)).length, (await outcomesOf(database)).length], [1, 1]);
    }));

  test('lets the outcome stand that became known last, in whatever order they come', () =>
    withDatabase(async (database) => {
      const ingest = await startIngest(database);
      const at = (hours: number, field: string, value: number | string | boolean | undefined) => ({
        atMs: T0 + hours * HOUR,
        values: [{ stage: 'outcome', field, value }],
      });
      const source = newSource();
      const first = [at(2, 'delay', 20), at(1, 'delay', 10), at(3, 'why', 'fog'), at(3, 'why', 'same time')];
      await ingest.take(received(batchWith(source, 1, { outcomes: first })));
      assert.deepEqual(await outcomesOf(database), [
        ['p-1', 'why', 'fog', 3],
        ['p-1', 'delay', 20, 2],
      ]);
      await ingest.take(received(batchWith(source, 2, { outcomes: [at(1, 'delay', 11), at(3, 'why', 'later')] })));
      assert.deepEqual((await outcomesOf(database)).length, 2);
      await ingest.take(received(batchWith(source, 3, { outcomes: [at(4, 'delay', true), at(5, 'why', undefined)] })));
      assert.deepEqual(await outcomesOf(database), [
        ['p-1', 'why', null, 5],
        ['p-1', 'delay', true, 4],
      ]);
    }));

  test('keeps of an agent what its newest batch says, also when an older one comes after it', () =>
    withDatabase(async (database) => {
      const ingest = await startIngest(database);
      const source = newSource();
      const say = async (sequence: number, health: PlainHealth | null) => {
        const batch = batchWith(source, sequence, {});
        batch.settingsRevision = BigInt(sequence);
        if (health !== null) batch.health = encodeHealth(health);
        await ingest.take(received(batch));
        const [agent] = await listAgents(database, PROJECT, 10);
        return agent?.health ?? null;
      };
      const health: PlainHealth = {
        captured: 10,
        sent: 7,
        pending: 2,
        dropped: 1,
        cpuMs: 1.5,
        bytesSent: 4096,
        queueBytes: 100,
        queueBatches: 3,
        eventLoopDelayP99Ms: 0.5,
        clockSkewMs: -20,
      };
      assert.equal(await say(1, null), null);
      const said = await say(3, health);
      assert.partialDeepStrictEqual(said, {
        captured: 10,
        sent: 7,
        pending: 2,
        dropped: 1,
        cpu_ms: 1.5,
        bytes_sent: 4096,
        queue_bytes: 100,
        queue_batches: 3,
        event_loop_delay_p99_ms: 0.5,
        clock_skew_ms: -20,
        settings_revision: 3,
      });
      assert.deepEqual(await say(2, { ...health, captured: 5 }), said);
      assert.deepEqual(await say(4, null), said);
      assert.equal((await say(5, { ...health, captured: 11 }))?.captured, 11);
    }));

  test('asks the store for nothing on account of events where a batch has none', () =>
    withDatabase(async (database) => {
      const asked: string[] = [];
      const ingest = await startIngest(database, (store) => ({
        ...store,
        transaction: (work) =>
          store.transaction((tx) =>
            work(
              new Proxy(tx, {
                get: (target, name: keyof typeof tx) => {
                  asked.push(name);
                  return target[name];
                },
              }),
            ),
          ),
      }));
      await ingest.take(received(batchWith(newSource(), 1, {})));
      assert.ok(asked.includes('writeSummaries'));
      assert.ok(!asked.includes('writeEvents') && !asked.includes('writeOutcomes'), asked.join());
    }));
});
