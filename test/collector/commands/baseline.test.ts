import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import type { Database } from '../../../collector/src/store/database.ts';
import { describeVersions, ensureVersion, listVersions } from '../../../collector/src/store/models.ts';
import { ensureSeries } from '../../../collector/src/store/series.ts';
import { PROJECT } from '../../support/batches.ts';
import { createTestStore, type TestStore } from '../../support/database.ts';
import { tinyParquet } from '../baseline/tiny-parquet.ts';
import { type Ended, folderWith, settingsFor, tidemark } from './program.ts';

let store: TestStore;
before(async () => {
  store = await createTestStore();
});
after(() => store.remove());

/** The file's rows as CSV: a number and a category. */
const SOUND = `distance,input.origin\n${Array.from({ length: 40 }, (_, i) => `${i},${i % 2 ? 'ATL' : 'ORD'}\n`).join('')}`;

async function inStore<T>(work: (database: Database) => Promise<T>): Promise<T> {
  const database = await store.open();
  return work(database).finally(() => database.close());
}

async function create(
  t: TestContext,
  content: string | Buffer,
  names: { model: string; version?: string; name?: string; file?: string },
  ...flags: string[]
): Promise<Ended> {
  const { model, version = '1', name = 'training', file = 'train.csv' } = names;
  const folder = await folderWith(t, {});
  await writeFile(join(folder, file), content);
  const options = ['--from', file, '--model', model, '--version', version, '--name', name, ...flags];
  return tidemark(['baseline', 'create', ...options], settingsFor(store), folder);
}

async function list(...flags: string[]): Promise<{ name: string; model: string; version: string; n_rows: number }[]> {
  const { code, stdout, stderr } = await tidemark(['baseline', 'list', '--json', ...flags], settingsFor(store));
  assert.deepEqual([code, stderr], [0, '']);
  return JSON.parse(stdout);
}

function assertRefused({ code, stdout, stderr }: Ended, message: RegExp): void {
  assert.deepEqual([code, stdout], [1, '']);
  assert.match(stderr, message);
  assert.doesNotMatch(stderr, /^\s+at /m, 'a stack is for what nobody foresaw');
}

describe('tidemark baseline create', () => {
  test('makes a reference of a CSV file, which list then shows, and never makes it twice', async (t) => {
    const model = 'csv';
    const made = await create(t, SOUND, { model });
    assert.deepEqual(made, { code: 0, stdout: 'baseline training of csv 1: 40 rows, 2 series\n', stderr: '' });
    const again = await create(t, `${SOUND}1,SFO\n`, { model });
    assertRefused(again, /^tidemark: csv 1 has a baseline named training already, and baselines never change\. /);
    const [first, ...others] = await list('--model', model);
    assert.deepEqual(others, []);
    assert.deepEqual(
      { ...first, id: 0, created_at: '' },
      { id: 0, name: 'training', model, version: '1', source: 'train.csv', n_rows: 40, created_at: '' },
    );
  });

  test('makes one of a Parquet file, and tells programs what is in it', async (t) => {
    const file = tinyParquet({ distance: [1, 2.5, 1e9], 'input.origin': ['ATL', 'ORD', 'ATL'] });
    const { code, stdout, stderr } = await create(t, file, { model: 'parquet', file: 'train.parquet' }, '--json');
    assert.deepEqual([code, stderr], [0, '']);
    const { id, ...made } = JSON.parse(stdout) as { id: number };
    assert.ok(Number.isInteger(id));
    assert.deepEqual(made, {
      name: 'training',
      model: 'parquet',
      version: '1',
      rows: 3,
      series: [
        { stage: 'feature', field: 'distance', kind: 'number', valid: 3 },
        { stage: 'input', field: 'origin', kind: 'category', valid: 3 },
      ],
    });
  });

  const spoilt: readonly (readonly [what: string, file: string, content: string | Buffer, message: RegExp])[] = [
    ['an empty file', 'train.csv', '', /^tidemark: train\.csv is empty: expected a row of column names$/m],
    ['a column given twice', 'train.csv', 'a,b,a\n1,2,3\n', /^tidemark: train\.csv:1: the column name 'a' stands/m],
    ['a row that is too short', 'train.csv', 'a,b\n1,2\n3\n', /^tidemark: train\.csv:3: expected 2 cells .*, got 1$/m],
    ['two columns of one series', 'train.csv', 'a,feature.a\n1,2\n', /'a' and 'feature\.a' are the same series/],
    ['text in the place of Parquet', 'train.parquet', SOUND, /^tidemark: train\.parquet: /m],
    ['a file of another kind', 'train.xlsx', 'PK', /^tidemark: train\.xlsx: expected a file that ends in \.csv/m],
  ];
  for (const [what, file, content, message] of spoilt) {
    test(`refuses ${what}`, async (t) => {
      assertRefused(await create(t, content, { model: 'refused', file }), message);
    });
  }

  test('has stored nothing of what it refused', async () => {
    assert.deepEqual(await inStore((database) => listVersions(database, PROJECT, 'refused')), []);
  });

  test('refuses a file that is not there, before a store is made', async (t) => {
    const folder = await folderWith(t, {});
    const settings = { DATABASE_URL: '', TIDEMARK_DATA_DIR: join(folder, 'data') };
    const args = ['--from', 'absent.csv', '--model', 'm', '--version', '1', '--name', 'n'];
    assertRefused(await tidemark(['baseline', 'create', ...args], settings, folder), /absent\.csv/);
    assert.equal(existsSync(join(folder, 'data')), false);
  });
});

describe('tidemark baseline create for a version that is known', () => {
  const DECLARED = [
    { stage: 'input', field: 'origin', kind: 'category' },
    { stage: 'feature', field: 'distance', kind: 'number' },
    { stage: 'feature', field: 'zip', kind: 'category' },
    { stage: 'prediction', field: 'delayed', kind: 'number' },
  ] as const;
  const nothing = { dataset: null, gitCommit: null, artifactSha256: null, tags: {} };

  before(() =>
    inStore(async (database) => {
      const declared = ['wrong columns', 'more columns', 'partial'].map((model) => ({
        model,
        version: '1',
        ...nothing,
      }));
      await describeVersions(
        database,
        declared.map((version) => ({ ...version, projectId: PROJECT, fields: DECLARED })),
      );
      const series = { versionId: await ensureVersion(database, PROJECT, 'seen', '1'), slice: '' };
      await ensureSeries(database, [
        { ...series, stage: 'feature', field: 'distance', kind: 'number' },
        { ...series, stage: 'latency', field: 'total', kind: 'number' },
      ]);
    }),
  );

  test('names every column that is missing, with the one that was probably meant', async (t) => {
    const refused = await create(t, 'distanse,origin\n1,ATL\n', { model: 'wrong columns' });
    assertRefused(refused, /^tidemark: train\.csv has the wrong columns:$/m);
    assert.match(refused.stderr, /the column 'distance' is missing \(did you mean 'distanse'\?\)/);
    assert.match(refused.stderr, /the column 'input\.origin' is missing/);
    assert.match(refused.stderr, /the column 'zip' is missing/);
    assert.doesNotMatch(refused.stderr, /delayed/, 'what comes out of the model need not be in the file');
  });

  test('takes more columns than were declared, and reads each as it was declared', async (t) => {
    const rows = 'distance,input.origin,zip,extra\n1,ATL,30301,7\n2,ORD,60601,8\n';
    const { code, stdout } = await create(t, rows, { model: 'more columns' }, '--json');
    assert.equal(code, 0);
    const { series } = JSON.parse(stdout) as { series: { field: string; kind: string }[] };
    assert.deepEqual(
      series.map(({ field, kind }) => `${field}:${kind}`),
      ['distance:number', 'origin:category', 'zip:category', 'extra:number'],
    );
  });

  test('takes fewer where it is told that the file is partial', async (t) => {
    const { code, stdout } = await create(t, 'zip\n30301\n', { model: 'partial' }, '--partial', '--json');
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(stdout).series, [{ stage: 'feature', field: 'zip', kind: 'category', valid: 1 }]);
  });

  test('expects what was seen where nothing is declared, but not of another version', async (t) => {
    const model = 'seen';
    const rows = 'distanc\n1\n';
    assertRefused(await create(t, rows, { model }), /'distance' is missing \(did you mean 'distanc'\?\)$/m);
    assert.equal((await create(t, rows, { model, version: '2' })).code, 0);
  });
});
