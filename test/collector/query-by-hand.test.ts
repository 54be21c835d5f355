import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { Ingest } from '../../collector/src/ingest/ingest.ts';
import { registerCollector } from '../../collector/src/store/batches.ts';
import type { Database } from '../../collector/src/store/database.ts';
import { createIngestStore } from '../../collector/src/store/ingest-transaction.ts';
import { normal, seeded } from '../sketch/datasets.ts';
import { HOUR, makeBatch, newSource, received } from '../support/batches.ts';
import { withDatabase } from '../support/database.ts';

const PAGE = new URL('../../collector/query-by-hand.md', import.meta.url);

/** Two days of hours of the model that the page asks about. */
async function takeFlights(database: Database): Promise<void> {
  const ingest = new Ingest(
    createIngestStore(database, await registerCollector(database, randomUUID(), 'test')),
    () => undefined,
  );
  const random = seeded(1);
  const many = <T>(value: () => T) => Array.from({ length: 50 }, value);
  const windows = Array.from({ length: 48 }, (_, hour) => ({
    model: 'flight-delay',
    version: '2001-02',
    start: Date.UTC(2001, 1, 5) + hour * HOUR,
    series: [
      { field: 'distance', values: many(() => (hour < 24 ? 100 : 160) * Math.round(5 + normal(random))) },
      { field: 'hour', values: many(() => Math.floor(24 * random())) },
      {
        stage: 'step:pair',
        field: 'distance~prediction.value',
        kind: 'pair' as const,
        values: many(() => [normal(random), normal(random)] as const),
      },
      { stage: 'latency', field: 'call_ms', values: many(() => 100 * random()) },
    ],
  }));
  await ingest.take(received(makeBatch(newSource(), 1, windows)));
}

describe('the page on querying by hand', () => {
  test('has queries that run as they stand and find something', () =>
    withDatabase(async (database) => {
      await takeFlights(database);
      const page = await readFile(PAGE, 'utf8');
      const queries = [...page.matchAll(/```sql\n([\s\S]*?);\n```/g)].map(([, sql]) => sql as string);
      assert.ok(queries.length >= 5);
      const answers: object[][] = [];
      for (const query of queries) {
        const rows = await database.query<Record<string, unknown>>(query);
        assert.ok(rows.length > 0, query);
        for (const row of rows) assert.ok(!Object.values(row).includes(null), `${query}\n${JSON.stringify(row)}`);
        answers.push(rows);
      }
      const moved = answers.flat().find((row) => 'moved' in row) as { field: string; moved: number };
      assert.equal(moved.field, 'distance');
      assert.ok(moved.moved > 1);
    }));
});
