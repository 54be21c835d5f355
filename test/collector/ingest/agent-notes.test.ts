import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { encodeHealth } from '@tidemark/proto';
import { AgentNotes } from '../../../collector/src/ingest/agent-notes.ts';
import { DEFAULT_BUDGETS } from '../../../collector/src/ingest/budgets.ts';
import { Ingest } from '../../../collector/src/ingest/ingest.ts';
import type { AgentNote } from '../../../collector/src/ingest/ingest-store.ts';
import { listAgents } from '../../../collector/src/store/agents.ts';
import { registerCollector } from '../../../collector/src/store/batches.ts';
import type { Database } from '../../../collector/src/store/database.ts';
import { createIngestStore } from '../../../collector/src/store/ingest-transaction.ts';
import { readStoreFigures } from '../../../collector/src/store/store-figures.ts';
import { newSource, PROJECT, received } from '../../support/batches.ts';
import { withDatabase } from '../../support/database.ts';
import { batchWith } from './sample-events.ts';

const agent = { service: 's', host: 'h', pid: 1, agentVersion: '0', threadId: 0 };
const note = (source: string, projectId = 1): AgentNote => {
  return { projectId, source, sequence: 1, agent, health: null, settingsRevision: 0 };
};

describe('rows of agents', () => {
  test('are due at first, and again when a minute has passed since the last that was committed', () => {
    const notes = new AgentNotes();
    const due = (now: number, ...asked: AgentNote[]) => notes.dueOf(asked, now).map(({ source }) => source);
    assert.deepEqual(due(0, note('a')), ['a']);
    assert.deepEqual(due(1, note('a')), ['a'], 'what was not committed proves nothing');
    notes.adopt([note('a')], 1);
    assert.deepEqual(due(60_000, note('a'), note('b')), ['b']);
    assert.deepEqual(due(60_000, note('a', 2)), ['a'], 'a source of another project is another agent');
    assert.deepEqual(due(60_001, note('a')), ['a']);
  });

  test('are all due after a commit that failed', () => {
    const notes = new AgentNotes();
    notes.adopt([note('a')], 0);
    notes.forget();
    assert.equal(notes.size, 0);
    assert.equal(notes.dueOf([note('a'), note('b')], 2).length, 2);
  });

  test('are remembered up to the bound, those written longest ago going first', () => {
    const notes = new AgentNotes(2);
    for (const [now, source] of [
      [0, 'a'],
      [1, 'b'],
      [60_000, 'a'],
      [60_001, 'c'],
    ] as const) {
      notes.adopt([note(source)], now);
    }
    assert.equal(notes.size, 2);
    assert.deepEqual(
      notes.dueOf([note('a'), note('b'), note('c')], 60_002).map(({ source }) => source),
      ['b'],
    );
  });
});

/** Ingest with a clock of the test's, an agent that sends to it, and how often that agent's own row was written. */
async function startAgent(database: Database) {
  const clock = { now: 0 };
  const part = await registerCollector(database, randomUUID(), 'test');
  const ingest = new Ingest(createIngestStore(database, part), () => undefined, { now: () => clock.now });
  const source = newSource();
  let sequence = 0;
  const send = async () => {
    const batch = batchWith(source, ++sequence, {});
    const waiting = { pending: 0, queueBytes: 0, queueBatches: sequence, clockSkewMs: 0, eventLoopDelayP99Ms: 0 };
    batch.health = encodeHealth({ captured: sequence, sent: sequence, dropped: 0, cpuMs: 0, bytesSent: 0, ...waiting });
    assert.equal((await ingest.take(received(batch))).kind, 'accepted');
  };
  const rowVersion = async () => (await database.query<{ at: number }>('select last_seen as at from agent'))[0]?.at;
  return { clock, send, rowVersion };
}

describe('ingest of what agents say of themselves', () => {
  test('writes an agent once a minute, its health each time, and answers when it was heard of last', () =>
    withDatabase(async (database) => {
      const { clock, send, rowVersion } = await startAgent(database);
      await send();
      await database.query(`update agent set last_seen = now() - interval '1 hour'`);
      const before = await rowVersion();
      clock.now = 59_999;
      await send();
      assert.equal(await rowVersion(), before, 'not written');
      const [heard] = await listAgents(database, PROJECT, 10);
      assert.equal(heard?.health?.captured, 2, 'its health is');
      assert.equal(heard?.last_seen, Date.parse(heard?.health?.said_at ?? ''));
      assert.equal((await readStoreFigures(database, DEFAULT_BUDGETS)).agents, 1, 'it counts as alive');
      clock.now = 60_000;
      await send();
      assert.notEqual(await rowVersion(), before);
    }));

  test('has an agent whose row was deleted back with its next batch', () =>
    withDatabase(async (database) => {
      const { send } = await startAgent(database);
      await send();
      await database.query('delete from agent');
      await send();
      assert.equal((await listAgents(database, PROJECT, 10))[0]?.health?.captured, 2);
    }));
});
