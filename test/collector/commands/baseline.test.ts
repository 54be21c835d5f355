import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { baselineCreate } from '../../../collector/src/commands/baseline-create.ts';
import { baselineList } from '../../../collector/src/commands/baseline-list.ts';
import { baselinePin } from '../../../collector/src/commands/baseline-pin.ts';
import { baselineShow } from '../../../collector/src/commands/baseline-show.ts';
import type { CollectorError } from '../../../collector/src/errors.ts';
import { Ingest } from '../../../collector/src/ingest/ingest.ts';
import { registerCollector } from '../../../collector/src/store/batches.ts';
import type { Database } from '../../../collector/src/store/database.ts';
import { createIngestStore } from '../../../collector/src/store/ingest-transaction.ts';
import { describeVersions, ensureVersion, listVersions } from '../../../collector/src/store/models.ts';
import { ensureSeries } from '../../../collector/src/store/series.ts';
import { HOUR, makeBatch, newSource, PROJECT, received, T0 } from '../../support/batches.ts';
import { createTestStore, type TestStore } from '../../support/database.ts';
import { tinyParquet } from '../baseline/tiny-parquet.ts';
import { inProcess, tidemarkHere } from './in-process.ts';
import { type Ended, folderWith, settingsFor } from './program.ts';

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
  return tidemarkHere(['baseline', 'create', ...options], settingsFor(store), folder);
}

type Listed = { name: string; model: string; version: string; n_rows: number; revision: number; in_use: boolean };

async function list(...flags: string[]): Promise<Listed[]> {
  const { code, stdout, stderr } = await tidemarkHere(['baseline', 'list', '--json', ...flags], settingsFor(store));
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
      {
        id: 0,
        name: 'training',
        model,
        version: '1',
        revision: 1,
        pinned: false,
        in_use: true,
        source: 'train.csv',
        n_rows: 40,
        span_from: null,
        span_to: null,
        masks: [],
        window_s: null,
        created_at: '',
      },
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
      revision: 1,
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
    assertRefused(await tidemarkHere(['baseline', 'create', ...args], settings, folder), /absent\.csv/);
    assert.equal(existsSync(join(folder, 'data')), false);
  });
});

describe('tidemark baseline create for a version that is known', () => {
  const DECLARED = [
    { stage: 'input', field: 'origin', kind: 'category' },
    { stage: 'feature', field: 'distance', kind: 'number' },
    { stage: 'feature', field: 'zip', kind: 'category' },
    { stage: 'prediction', field: 'delayed', kind: 'number' },
    { stage: 'step:pair', field: 'distance~prediction.delayed', kind: 'pair' },
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
        { ...series, stage: 'step:pair', field: 'distance~weight', kind: 'pair' },
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

  test('takes the pairs of which the file has both columns, declared or seen, in windows where rows have times', async (t) => {
    const at = (i: number) => new Date(T0 + Math.floor(i / 10) * HOUR).toISOString();
    const line = (i: number) => `${at(i)},${i},${100 - i},ATL,30301\n`;
    const rows = Array.from({ length: 40 }, (_, i) => line(i)).join('');
    const header = 'at,feature.distance,prediction.delayed,input.origin,zip\n';
    const names = { model: 'more columns', name: 'pairs' };
    const made = await create(t, header + rows, names, '--time', 'at', '--window', '1h', '--json');
    assert.deepEqual([made.code, made.stderr], [0, '']);
    const { series } = JSON.parse(made.stdout) as { series: { field: string }[] };
    assert.deepEqual(
      series.find(({ field }) => field.includes('~')),
      { stage: 'step:pair', field: 'distance~prediction.delayed', kind: 'pair', valid: 40, windows: 4 },
    );
    const shown = await inProcess(baselineShow, ['pairs', '--model', 'more columns'], settingsFor(store));
    assert.match(shown.stdout, /\nstep:pair\/distance~prediction\.delayed +40 +0 +-1\.000$/m);
    const json = await inProcess(baselineShow, ['pairs', '--model', 'more columns', '--json'], settingsFor(store));
    assert.match(json.stdout, /"correlation": ?-1\b/);
    const seen = await create(t, `distance,weight\n${'1,2\n3,4\n'}`, { model: 'seen', name: 'pairs' });
    assert.equal(seen.stdout, 'baseline pairs of seen 1: 2 rows, 3 series\n');
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

describe('tidemark baseline create from what is stored', () => {
  const HOURS = 6;
  const model = 'stored';
  const create = (...flags: string[]) =>
    tidemarkHere(
      ['baseline', 'create', '--model', model, '--version', '1', '--name', 'week', ...flags],
      settingsFor(store),
    );

  before(() =>
    inStore(async (database) => {
      const part = await registerCollector(database, randomUUID(), 'test');
      const ingest = new Ingest(createIngestStore(database, part), () => undefined);
      const windows = Array.from({ length: HOURS }, (_, hour) => ({
        model,
        start: T0 + hour * HOUR,
        widthMs: HOUR,
        rows: 2,
        series: [{ field: 'x', values: [hour, hour + 0.5] }],
      }));
      assert.equal((await ingest.take(received(makeBatch(newSource(), 1, windows)))).kind, 'accepted');
    }),
  );

  test('takes the span without its masks, and is shown with both', async () => {
    const span = ['--from-windows', '--since', '2001-01-01', '--until', '2001-01-01T06:00Z'];
    const made = await create(...span, '--mask', '2001-01-01T01:30Z..2001-01-01T02:00Z', '--json');
    assert.deepEqual([made.code, made.stderr], [0, '']);
    const { id, ...created } = JSON.parse(made.stdout) as { id: number };
    assert.ok(id > 0);
    assert.deepEqual(created, {
      name: 'week',
      revision: 1,
      model,
      version: '1',
      rows: 10,
      series: [{ stage: 'feature', field: 'x', kind: 'number', valid: 10, windows: 5 }],
    });
    const shown = await inProcess(baselineShow, ['week', '--model', model], settingsFor(store));
    const [title, ...lines] = shown.stdout.trimEnd().split('\n');
    assert.match(title!, /^week of stored 1, revision 1 \(in use\), made 2/);
    assert.deepEqual(lines, [
      '10 rows from windows 2001-01-01T00:00Z..2001-01-01T06:00Z without 2001-01-01T01:30Z..2001-01-01T02:00Z',
      'of 2001-01-01T00:00Z..2001-01-01T06:00Z',
      'without 2001-01-01T01:30Z..2001-01-01T02:00Z',
      'its windows of 1h are kept',
      '',
      'number     valid  null  min  q05  q50  q95  max  mean  bins',
      'feature/x     10     0    0    0    3  5.5  5.5  3.05    10',
    ]);
  });

  test('is revised and pinned on request, which list and show say', async () => {
    const span = ['--from-windows', '--since', '2001-01-01', '--until', '2001-01-01T03:00Z'];
    const settings = settingsFor(store);
    const names = ['--model', model, '--version', '1', '--name', 'week'];
    const revised = await inProcess(baselineCreate, [...names, ...span, '--revise'], settings);
    assert.equal(revised.stdout, 'baseline week, revision 2, of stored 1: 6 rows, 1 series\n');
    const pinned = await inProcess(baselinePin, [model, '1', 'week', '--revision', '1'], settings);
    assert.equal(pinned.stdout, 'week of stored 1: rules go by revision 1\n');
    const listed = await inProcess(baselineList, ['--model', model, '--json'], settings);
    const rows = JSON.parse(listed.stdout) as Listed[];
    assert.deepEqual(
      rows.map(({ revision, in_use, n_rows }) => [revision, in_use, n_rows]),
      [
        [2, false, 6],
        [1, true, 10],
      ],
    );
    const shown = await inProcess(baselineShow, ['week', '--revision', '2', '--json'], settings);
    const { series, span_to, window_s } = JSON.parse(shown.stdout);
    assert.deepEqual([span_to, window_s], ['2001-01-01T03:00:00.000Z', 3600]);
    assert.deepEqual([series.length, series[0].valid, series[0].max], [1, 6, 2.5]);
    assert.ok(series[0].bins.cuts.length > 1);
    const against = ['--against', 'week', '--revision', '2', '--model', model, '--json'];
    const compared = await inProcess(baselineShow, ['week', ...against], settings);
    const [x] = JSON.parse(compared.stdout).columns;
    assert.deepEqual([x.name, x.kind, x.n_ref, x.n_live], ['feature/x', 'number', 10, 6]);
    // 0 to 2.5 against 0, 0.5, 2 to 5.5: at 2.5 all of the one and four of ten of the other.
    assert.ok(Math.abs(x.scores.ks - 0.6) < 1e-9, String(x.scores.ks));
  });

  test('says every mistake of its options at once', async () => {
    const names = ['--model', model, '--version', '1', '--name', 'week'];
    const wrong = ['--from-windows', '--since', 'monday', '--mask', 'a..b', '--time', 'at', '--window', '90s'];
    await assert.rejects(inProcess(baselineCreate, [...names, ...wrong]), ({ code, message }: CollectorError) => {
      assert.equal(code, 'USAGE');
      for (const line of [
        /^--time goes with --from only$/m,
        /^--window: expected whole minutes such as 15m, 1h or 1d, got 90s$/m,
        /^--since: expected a time such as 2026-03-01 or 2026-03-01T12:00Z, got monday$/m,
        /^--until: expected a time such as .*, got none$/m,
        /^--mask: expected FROM\.\.UNTIL such as .*, got a\.\.b$/m,
        /^usage: tidemark baseline create /m,
      ])
        assert.match(message, line);
      return true;
    });
  });

  test('names the baselines that are there where one is not', async () => {
    await assert.rejects(
      inProcess(baselineShow, ['weak'], settingsFor(store)),
      /there is no baseline weak \(did you mean 'week'\?\); tidemark baseline list shows all/,
    );
  });
});

describe('tidemark baseline create from a file whose rows have times', () => {
  test('keeps the windows, and makes no series of the times', async (t) => {
    const rows = Array.from({ length: 48 }, (_, i) => `2021-06-01 ${String(i >> 1).padStart(2, '0')}:30:00,${i}\n`);
    // Rows need not be in order.
    const content = `at,x\n${rows.toReversed().join('')}`;
    const { code, stdout } = await create(t, content, { model: 'timed' }, '--time', 'at', '--window', '2h', '--json');
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(stdout).series, [
      { stage: 'feature', field: 'x', kind: 'number', valid: 48, windows: 12 },
    ]);
    const listed = await inProcess(baselineList, ['--model', 'timed', '--json'], settingsFor(store));
    const [row] = JSON.parse(listed.stdout) as Listed[];
    assert.partialDeepStrictEqual(row, {
      span_from: '2021-06-01T00:00:00.000Z',
      span_to: '2021-06-02T00:00:00.000Z',
      window_s: 7200,
    });
  });
});
