import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createTestStore, type TestStore } from '../../support/database.ts';
import { tidemarkHere } from './in-process.ts';
import { folderWith, settingsFor } from './program.ts';

let store: TestStore;
before(async () => {
  store = await createTestStore();
});
after(() => store.remove());

describe('tidemark migrate', () => {
  test('tells what it did, and with --check what it would do, changing nothing', async () => {
    const settings = settingsFor(store);
    const database = await store.open();
    await database.query('drop schema public cascade');
    await database.query('create schema public').finally(() => database.close());

    const before = await tidemarkHere(['migrate', '--check', '--json'], settings);
    assert.equal(before.code, 1, before.stderr);
    const { schema, pending } = JSON.parse(before.stdout);
    assert.equal(schema, 0);
    assert.equal(pending[0], '000001-models-and-windows.sql');
    const again = await tidemarkHere(['migrate', '--check'], settings);
    assert.equal(again.code, 1);
    assert.match(again.stdout, /^the store is at schema 0\npending: 000001-models-and-windows\.sql\n/);

    const done = await tidemarkHere(['migrate', '--json'], settings);
    assert.equal(done.code, 0, done.stderr);
    const report = JSON.parse(done.stdout);
    assert.deepEqual([report.from, report.applied, report.edited], [0, pending, []]);
    const nothing = await tidemarkHere(['migrate'], settings);
    assert.deepEqual(
      [nothing.code, nothing.stdout],
      [0, `the store was at schema ${report.to} and is at ${report.to}, the schema of this program\n`],
    );
    const after = await tidemarkHere(['migrate', '--check', '--json'], settings);
    assert.equal(after.code, 0);
    assert.deepEqual(JSON.parse(after.stdout), { schema: report.to, pending: [], edited: [], unknown: [] });
  });

  test('with --check makes no embedded store where there is none', async (t) => {
    const folder = await folderWith(t, {});
    const settings = { TIDEMARK_DATA_DIR: join(folder, 'data'), TIDEMARK_LOG: 'error' };
    const { code, stdout } = await tidemarkHere(['migrate', '--check'], settings);
    assert.equal(code, 1);
    assert.match(stdout, /^the store is at schema 0\npending: /);
    assert.deepEqual(await readdir(folder), []);
  });
});
