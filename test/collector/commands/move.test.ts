import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createTestStore, type TestStore } from '../../support/database.ts';
import { folderWith, settingsFor, tidemark } from './program.ts';

/** What a move that takes longer than two seconds says of itself. */
const PROGRESS = /^(\w+: \d+( of \d+)? rows\n)*$/;

let store: TestStore;
before(async () => {
  store = await createTestStore();
  const database = await store.open();
  await database
    .query(`insert into model_version (project_id, model, version) values (1, 'm', '1')`)
    .finally(() => database.close());
});
after(() => store.remove());

describe('tidemark export and import', () => {
  test('move a store by way of a file, which nobody overwrites', async (t) => {
    const folder = await folderWith(t, {});
    const exported = await tidemark(['export', '--out', folder], settingsFor(store));
    assert.equal(exported.code, 0);
    assert.match(exported.stderr, PROGRESS);
    const [name = ''] = await readdir(folder);
    assert.match(name, /^export-20\d\d-\d\d-\d\dT\d\d-\d\d-\d\dZ\.tidemark\.gz$/);
    assert.match(exported.stdout, new RegExp(`^\\d+ rows of \\d+ tables, \\d+ bytes: ${join(folder, name)}\n$`));
    const again = await tidemark(['export', '--out', join(folder, name)], settingsFor(store));
    assert.deepEqual([again.code, again.stdout], [2, '']);
    assert.match(again.stderr, /is there already and is not overwritten: choose another name/);

    const target = { TIDEMARK_DATA_DIR: join(folder, 'data'), TIDEMARK_LOG: 'error' };
    const imported = await tidemark(['import', '--in', folder, '--json'], target);
    assert.equal(imported.code, 0);
    assert.match(imported.stderr, PROGRESS);
    const { rows, schema } = JSON.parse(imported.stdout);
    assert.equal(rows.model_version, 1);
    assert.equal(schema.file, schema.store);
    const listed = await tidemark(['models', 'list', '--json'], target);
    assert.equal(JSON.parse(listed.stdout)[0]?.model, 'm');
    const second = await tidemark(['import', '--in', join(folder, name)], target);
    assert.equal(second.code, 1);
    assert.match(
      second.stderr,
      /^tidemark: the store is not empty: it has rows of its own in model_version\. Nothing was changed\./,
    );
  });

  test('say what is missing', async (t) => {
    const folder = await folderWith(t, { 'a.tidemark.gz': '', 'b.tidemark.gz': '' });
    const empty = { TIDEMARK_DATA_DIR: join(folder, 'data'), TIDEMARK_LOG: 'error' };
    for (const [args, code, message] of [
      [['export'], 2, /^tidemark: --out is missing\nusage: tidemark export --out DIR\|FILE /],
      [['import'], 2, /^tidemark: --in is missing\n/],
      [['export', '--out', folder], 2, /^tidemark: there is no store in .*: name its directory with data_dir/],
      [
        ['import', '--in', folder],
        2,
        /expected one file \*\.tidemark\.gz in .*, got a\.tidemark\.gz, b\.tidemark\.gz: name the file itself/,
      ],
      [['import', '--in', join(folder, 'c')], 2, /cannot read .*ENOENT/],
      [
        ['import', '--in', join(folder, 'a.tidemark.gz')],
        1,
        /a\.tidemark\.gz is no whole export of a store: .*Use another copy of it/,
      ],
      [['export', '--out', join(folder, 'absent/x.gz')], 1, /ENOENT/],
    ] as const) {
      const settings = code === 1 && args[0] === 'export' ? settingsFor(store) : empty;
      const ended = await tidemark(args, settings);
      assert.deepEqual([ended.code, ended.stdout], [code, ''], ended.stderr);
      assert.match(ended.stderr, message);
    }
    assert.deepEqual((await readdir(folder)).sort(), ['a.tidemark.gz', 'b.tidemark.gz', 'data']);
  });
});
