import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import type { Database } from '../../../collector/src/store/database.ts';
import { ensureVersion } from '../../../collector/src/store/models.ts';
import { PROJECT } from '../../support/batches.ts';
import { createTestStore, type TestStore } from '../../support/database.ts';
import { tidemarkHere } from './in-process.ts';
import { type Ended, folderWith, serve, settingsFor } from './program.ts';

let store: TestStore;
before(async () => {
  store = await createTestStore();
  const database: Database = await store.open();
  await ensureVersion(database, PROJECT, 'flight', '1');
  await ensureVersion(database, PROJECT, 'flight', '2');
  await database.close();
});
after(() => store.remove());

const run = (args: readonly string[], cwd?: string): Promise<Ended> => tidemarkHere(args, settingsFor(store), cwd);

async function set(t: TestContext, text: string, version: string, ...flags: string[]): Promise<Ended> {
  const folder = await folderWith(t, { 's.yaml': text });
  return run(['models', 'set', 'flight', version, '--file', 's.yaml', ...flags], folder);
}

async function revisionOf(version: string): Promise<number> {
  const { stdout } = await run(['models', 'settings', 'flight', version, '--json']);
  return (JSON.parse(stdout) as { revision: number }).revision;
}

describe('tidemark models', () => {
  test('set keeps the settings of a file, which settings then shows as the file that would set them', async (t) => {
    const empty = await run(['models', 'settings', 'flight', '1']);
    assert.deepEqual([empty.code, empty.stderr], [0, '']);
    assert.match(empty.stdout, /^# revision 0: nothing was ever set/);
    const text = 'bounds:\n  - stage: feature\n    field: distance\n    max: 5000\nconfidenceFloor: 0.5\n';
    const done = await set(t, text, '1', '--by', 'ann');
    // Revisions begin above those of any store before this one.
    const first = Number(/^settings of flight 1 are at revision (\d+)\n$/.exec(done.stdout)?.[1]);
    assert.ok(first > 1.7e9, done.stdout);
    assert.deepEqual([done.code, done.stderr], [0, '']);
    const shown = await run(['models', 'settings', 'flight', '1']);
    assert.match(shown.stdout, new RegExp(`^# revision ${first}, changed \\S+Z by ann\\n`));
    const { settings } = JSON.parse((await run(['models', 'settings', 'flight', '1', '--json'])).stdout);
    assert.deepEqual(settings, { bounds: [{ stage: 'feature', field: 'distance', max: 5000 }], confidenceFloor: 0.5 });
    const again = await set(t, shown.stdout, '2', '--json');
    assert.deepEqual(JSON.parse(again.stdout), { model: 'flight', version: '2', revision: first + 1 });
    const list = await run(['models', 'list', '--json']);
    assert.partialDeepStrictEqual(JSON.parse(list.stdout), [
      { model: 'flight', version: '1', rows: 0, settings_revision: first },
      { model: 'flight', version: '2', rows: 0, settings_revision: first + 1 },
    ]);
    assert.match((await run(['models', 'list'])).stdout, /^\d+\tflight 1\t0 rows\t-\t-\tsettings \d+\n\d+\tflight 2\t/);
  });

  test('set tells every mistake of a file with its place, and sets nothing', async (t) => {
    const before = await revisionOf('1');
    const refused = await set(t, 'bounds:\n  - { stage: feature, field: x }\neventShare: 7\n', '1');
    assert.deepEqual([refused.code, refused.stdout], [1, '']);
    assert.match(
      refused.stderr,
      /^tidemark: the settings are not usable:\ns\.yaml:2:5 bounds\[0\]: .*\ns\.yaml:3:13 event/,
    );
    assert.equal(await revisionOf('1'), before);
  });

  test('says which model version there is not', async (t) => {
    const ghost = /^tidemark: there is no model version flight 9; tidemark models list shows/;
    for (const refused of [await set(t, '', '9'), await run(['models', 'settings', 'flight', '9'])]) {
      assert.equal(refused.code, 1);
      assert.match(refused.stderr, ghost);
    }
  });

  test('says what was used wrongly', async (t) => {
    const folder = await folderWith(t, { 's.yaml': '' });
    for (const [args, message] of [
      [['models', 'set', 'flight', '1'], /--file is missing/],
      [['models', 'set', 'flight', '--file', 's.yaml'], /expected 2 operands, got 1/],
      [['models', 'set', 'flight', '1', '--file', 'absent.yaml'], /cannot read absent\.yaml/],
      [['models', 'set', 'flight', '1', '--file', 's.yaml', '--by', ''], /--by: expected 1 to 128 bytes/],
      [['models', 'settings', 'flight'], /expected 2 operands, got 1/],
      [['models', 'list', 'flight'], /expected 0 operands, got 1/],
    ] as const) {
      const refused = await run(args, folder);
      assert.deepEqual([refused.code, refused.stdout], [2, ''], args.join(' '));
      assert.match(refused.stderr, message);
    }
  });

  test('says so where a collector has the embedded store', async (t) => {
    if (store.databaseUrl !== null) return t.skip('a server takes commands and collectors together');
    const collector = await serve(t, settingsFor(store));
    const refused = await run(['models', 'settings', 'flight', '1']);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /^tidemark: data directory .* is in use by process \d+/m);
    await collector.end();
  });
});

describe('tidemark baseline bounds', () => {
  const CSV = `distance,input.origin,prediction.late\n${Array.from({ length: 200 }, (_, i) => `${i},${i % 2 ? 'ATL' : 'ORD'},1\n`).join('')}`;

  test('prints what it then applies beside the settings that are there', async (t) => {
    const folder = await folderWith(t, {
      's.yaml':
        'bounds:\n  - { stage: prediction, field: late, max: 1 }\n  - { stage: feature, field: distance, max: 7 }\neventShare: 0.5\n',
    });
    await writeFile(join(folder, 'train.csv'), CSV);
    const none = await run(['baseline', 'bounds', 'flight', '2']);
    assert.deepEqual([none.code, none.stderr], [1, 'tidemark: flight 2 has no baseline\n']);
    const names = ['--model', 'flight', '--version', '2', '--name', 'training'];
    assert.equal((await run(['baseline', 'create', '--from', 'train.csv', ...names], folder)).code, 0);
    assert.equal((await run(['models', 'set', 'flight', '2', '--file', 's.yaml'], folder)).code, 0);

    const printed = await run(['baseline', 'bounds', 'flight', '2', '--low', '0', '--high', '1', '--margin', '0.5']);
    assert.deepEqual([printed.code, printed.stderr], [0, '']);
    assert.equal((await set(t, printed.stdout, '1')).code, 0, 'what is printed can be set');
    const wanted = [
      { stage: 'feature', field: 'distance', min: -99.5, max: 298.5 },
      { stage: 'input', field: 'origin', values: ['ATL', 'ORD'] },
    ];
    const applied = await run(
      ['baseline', 'bounds', 'flight', '2', '--low', '0', '--high', '1', '--apply', '--json'],
      folder,
    );
    assert.deepEqual([applied.code, applied.stderr], [0, '']);
    assert.deepEqual(JSON.parse(applied.stdout).bounds, wanted);
    const { settings } = JSON.parse((await run(['models', 'settings', 'flight', '2', '--json'])).stdout);
    assert.deepEqual(settings, {
      bounds: [...wanted, { stage: 'prediction', field: 'late', max: 1 }],
      eventShare: 0.5,
    });
  });

  test('tells every mistake of its numbers at once', async () => {
    const refused = await run(['baseline', 'bounds', 'flight', '2', '--low', 'x', '--high', '2', '--margin=-1']);
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /--low: .*\n--high: .*\n--margin: /);
    const unknown = await run(['baseline', 'bounds', 'flight', '2', '--name', 'other']);
    assert.match(unknown.stderr, /flight 2 has no baseline named other; there are training/);
    assert.equal(unknown.code, 1);
  });
});
