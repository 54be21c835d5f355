import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { LIMITS } from '@tidemark/proto';
import { Ingest } from '../../../collector/src/ingest/ingest.ts';
import { registerCollector } from '../../../collector/src/store/batches.ts';
import type { Database } from '../../../collector/src/store/database.ts';
import { createIngestStore } from '../../../collector/src/store/ingest-transaction.ts';
import { Health } from '../../../collector/src/telemetry/health.ts';
import { HOUR, makeBatch, newSource, received, T0 } from '../../support/batches.ts';
import { withDatabase } from '../../support/database.ts';
import { withApi } from './running-api.ts';

async function seed(database: Database): Promise<void> {
  const windows = [0, 1, 2].map((hour) => ({
    start: T0 + hour * HOUR,
    rows: 10,
    errors: 1,
    series: [
      { values: [1, 2, 3, null, Number.NaN] },
      { stage: 'input', field: 'country', kind: 'category' as const, values: ['DE', 'DE', 'FR', undefined] },
    ],
  }));
  // Two runs of a collector, so that every window has two parts.
  for (const sequence of [1, 2]) {
    const ingest = new Ingest(
      createIngestStore(database, await registerCollector(database, randomUUID(), 't')),
      () => undefined,
    );
    await ingest.take(received(makeBatch(newSource(), sequence, windows)));
  }
}

describe('the API', () => {
  test('answers models, versions and series', () =>
    withDatabase(async (database) => {
      await seed(database);
      await withApi(database, async (get) => {
        const models = await get('/api/v1/models');
        assert.deepEqual(models.body, [{ model: 'm', versions: 1, rows: 60, last_window: '2001-01-01T03:00:00.000Z' }]);
        const versions = (await get('/api/v1/models/m/versions')).body as {
          rows: number;
          errors: number;
          first_window: string;
        }[];
        assert.deepEqual(
          versions.map(({ rows, errors, first_window }) => [rows, errors, first_window]),
          [[60, 6, '2001-01-01T00:00:00.000Z']],
        );
        const series = (await get('/api/v1/versions/1/series')).body as {
          stage: string;
          field: string;
          kind: string;
        }[];
        assert.deepEqual(
          series.map(({ stage, field, kind }) => `${stage}/${field} ${kind}`),
          ['feature/x number', 'input/country category'],
        );
      });
    }));

  test('answers windows with the parts merged, within the span asked', () =>
    withDatabase(async (database) => {
      await seed(database);
      await withApi(database, async (get) => {
        const series = (await get('/api/v1/versions/1/series')).body as { id: number; field: string }[];
        const id = (field: string) => series.find((one) => one.field === field)?.id;
        const numbers = (
          await get(`/api/v1/series/${id('x')}/windows?from=2001-01-01T01:00:00Z&to=2001-01-01T02:00:00Z`)
        ).body;
        assert.partialDeepStrictEqual(numbers, [
          {
            start: '2001-01-01T01:00:00.000Z',
            width_seconds: 3600,
            valid: 6,
            missing: 2,
            nan: 2,
            min: 1,
            max: 3,
            mean: 2,
            quantiles: { p50: 2 },
            top: null,
          },
        ]);
        const categories = (await get(`/api/v1/series/${id('country')}/windows?limit=1`)).body as { top: unknown }[];
        assert.deepEqual(
          categories.map(({ top }) => top),
          [
            [
              { key: 'DE', count: 4 },
              { key: 'FR', count: 2 },
            ],
          ],
        );
      });
    }));

  test('says what is not there and what was asked wrongly', () =>
    withDatabase(async (database) => {
      await withApi(database, async (get) => {
        for (const path of [
          '/api/v1/models/ghost/versions',
          '/api/v1/versions/9/series',
          '/api/v1/series/9/windows',
          '/api/v1/series/9/scores',
          '/api/v1/alerts/ghost/events',
          '/nowhere',
          '/api/v1/models/a%00b/versions',
          '/api/v1/alerts/%00/events',
        ]) {
          assert.equal((await get(path)).status, 404, path);
        }
        for (const path of [
          '/api/v1/versions/x/series',
          '/api/v1/series/1/windows?from=yesterday',
          '/api/v1/series/1/windows?limit=0',
          '/api/v1/alerts?state=angry',
          '/api/v1/series/1/windows?from=2016-12-31T23:59:60Z',
        ]) {
          assert.equal((await get(path)).status, 400, path);
        }
      });
    }));

  test('finds a model by the longest name there can be', () =>
    withDatabase(async (database) => {
      const model = 'm'.repeat(LIMITS.maxNameBytes);
      const ingest = new Ingest(
        createIngestStore(database, await registerCollector(database, randomUUID(), 't')),
        () => undefined,
      );
      await ingest.take(received(makeBatch(newSource(), 1, [{ model, rows: 1 }])));
      await withApi(database, async (get) => {
        assert.equal((await get(`/api/v1/models/${model}/versions`)).status, 200);
      });
    }));

  test('answers the first windows of a long span and asks the store for no others', () =>
    withDatabase(async (database) => {
      const ingest = new Ingest(
        createIngestStore(database, await registerCollector(database, randomUUID(), 't')),
        () => undefined,
      );
      const series = [{ values: [1] }];
      const hours = Array.from({ length: 20 }, (_, i) => ({ start: T0 + i * HOUR, series }));
      const minutes = [1, 2].map((minute) => ({ start: T0 + HOUR + minute * 60_000, widthMs: 60_000, series }));
      await ingest.take(received(makeBatch(newSource(), 1, [...hours, ...minutes])));
      let answered = 0;
      const counting: Database = {
        ...database,
        kind: database.kind,
        query: async <Row extends object>(...question: Parameters<Database['query']>) => {
          const rows = await database.query<Row>(...question);
          answered += rows.length;
          return rows;
        },
      };
      await withApi(counting, async (get) => {
        const windows = (await get('/api/v1/series/1/windows?limit=4')).body as { start: string }[];
        assert.deepEqual(
          windows.map(({ start }) => start.slice(11, 16)),
          ['00:00', '01:00', '01:01', '01:02'],
        );
      });
      assert.ok(answered <= 10, `${answered} rows for 4 windows`);
    }));

  test('describes each of its paths in OpenAPI', () =>
    withDatabase(async (database) => {
      await withApi(database, async (get) => {
        const { body } = await get('/api/v1/openapi.json');
        type Operations = Record<string, { responses: object }>;
        const { openapi, paths } = body as { openapi: string; paths: Record<string, Operations> };
        assert.equal(openapi, '3.1.0');
        assert.deepEqual(Object.keys(paths).sort(), [
          '/api/v1/agents',
          '/api/v1/alerts',
          '/api/v1/alerts/{fingerprint}/events',
          '/api/v1/models',
          '/api/v1/models/{id}/events',
          '/api/v1/models/{id}/outcomes',
          '/api/v1/models/{id}/settings',
          '/api/v1/models/{model}/versions',
          '/api/v1/outcomes',
          '/api/v1/rules/check',
          '/api/v1/rules/replay',
          '/api/v1/rules/test',
          '/api/v1/rules/tune',
          '/api/v1/series/{id}/scores',
          '/api/v1/series/{id}/summary',
          '/api/v1/series/{id}/windows',
          '/api/v1/versions/{id}/series',
          '/health/live',
          '/health/ready',
          '/metrics',
        ]);
        for (const [path, operations] of Object.entries(paths)) {
          for (const [method, { responses }] of Object.entries(operations))
            assert.ok('200' in responses, method + path);
        }
      });
    }));

  test('is live but not ready, and says why, when the store does not answer', () =>
    withDatabase(async (database) => {
      const health = new Health(
        async () => {
          throw new Error('the disk is full');
        },
        () => ({ ok: true, detail: 'up to date' }),
      );
      await withApi(
        database,
        async (get) => {
          assert.equal((await get('/health/live')).status, 200);
          const { status, body } = await get('/health/ready');
          assert.equal(status, 503);
          assert.partialDeepStrictEqual(body, {
            ok: false,
            checks: [{ name: 'store', ok: false, detail: 'the disk is full' }],
          });
        },
        health,
      );
    }));
});
