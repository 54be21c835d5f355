import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { CommitReport } from '../../../collector/src/ingest/commit-observer.ts';
import { Ingest } from '../../../collector/src/ingest/ingest.ts';
import { registerCollector } from '../../../collector/src/store/batches.ts';
import type { Database } from '../../../collector/src/store/database.ts';
import { createIngestStore } from '../../../collector/src/store/ingest-transaction.ts';
import { makeBatch, newSource, received } from '../../support/batches.ts';
import { withDatabase } from '../../support/database.ts';

const WINDOW = {
  series: [
    { field: 'a', values: [1] },
    { field: 'b', values: [2] },
  ],
};

test('every group commit is told, with what was in it and what it wrote, also where it failed', () =>
  withDatabase(async (database) => {
    let isAway = false;
    const store = createIngestStore(database, await registerCollector(database, randomUUID(), 't'));
    const away: Database['transaction'] = () => Promise.reject(new Error('away'));
    const reports: CommitReport[] = [];
    const ingest = new Ingest(
      { ...store, transaction: (work) => (isAway ? away(() => Promise.reject()) : store.transaction(work)) },
      () => undefined,
      { observer: (report) => void reports.push(report) },
    );
    const batch = makeBatch(newSource(), 1, [WINDOW]);
    await Promise.all([ingest.take(received(batch)), ingest.take(received(batch))]);
    assert.deepEqual(ingest.openParts, { summaries: 2, traffic: 1 });
    isAway = true;
    assert.equal((await ingest.take(received(makeBatch(newSource(), 1, [WINDOW])))).kind, 'retry');
    const told = reports.map(({ durationMs, error, ...counts }) => {
      assert.ok(durationMs >= 0);
      return { ...counts, error: error instanceof Error ? error.message : error };
    });
    assert.deepEqual(told, [
      { batches: 2, duplicates: 1, summaryParts: 2, trafficParts: 1, error: null },
      { batches: 1, duplicates: 0, summaryParts: 0, trafficParts: 0, error: 'away' },
    ]);
  }));
