import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createTestStore, SERVER_URL, type TestStore } from '../../support/database.ts';
import { type Ended, folderWith, serve, settingsFor, tidemark } from './program.ts';

let store: TestStore;
before(async () => {
  store = await createTestStore();
});
after(() => store.remove());

type Findings = readonly { readonly name: string; readonly state: string; readonly detail: string }[];

function findingsOf({ stdout }: Ended): Map<string, Findings[number]> {
  return new Map((JSON.parse(stdout).findings as Findings).map((finding) => [finding.name, finding]));
}

describe('tidemark doctor', () => {
  test('ends with 0 where nothing is wrong', async () => {
    const { code, stdout, stderr } = await tidemark(['doctor', '--deep'], settingsFor(store));
    assert.deepEqual([code, stderr], [0, ''], stdout);
    assert.match(stdout, /^fine {5}settings {8}can be read$/m);
    assert.match(stdout, /^fine {5}sketches {8}0 decoded$/m);
    assert.match(stdout, /^warning {2}rules .*\n {25}Name a rule file/m);
    assert.doesNotMatch(stdout, /^(wrong|skipped)/m);
  });

  test('looks at what it can while a collector has the store', async (t) => {
    const settings = settingsFor(store);
    const running = await serve(t, settings);
    const ports = { TIDEMARK_GRPC: `127.0.0.1:${running.grpcPort}`, TIDEMARK_HTTP: `127.0.0.1:${running.httpPort}` };
    const ended = await tidemark(['doctor', '--json'], { ...settings, ...ports });
    assert.equal(ended.code, 0, ended.stdout);
    const findings = findingsOf(ended);
    assert.match(findings.get('ports')?.detail ?? '', /^a collector answers on .* and is ready$/);
    const { state, detail } = findings.get('database') ?? assert.fail('no finding');
    if (SERVER_URL === undefined) {
      assert.equal(state, 'skipped');
      assert.ok(detail.includes(`process ${running.child.pid} on `), detail);
    } else assert.equal(state, 'fine');
    assert.equal((await running.end()).code, 0, 'it did no harm to the collector');
  });

  test('ends with 1 where the database is away, and keeps its password to itself', async () => {
    const settings = { ...settingsFor(store), DATABASE_URL: 'postgres://tide:hunter2@127.0.0.1:1/flights' };
    const ended = await tidemark(['doctor', '--json'], settings);
    assert.equal(ended.code, 1);
    assert.match(
      findingsOf(ended).get('database')?.detail ?? '',
      /^cannot reach PostgreSQL at 127\.0\.0\.1:1\/flights/,
    );
    assert.equal(findingsOf(ended).get('schema')?.state, 'skipped');
    assert.doesNotMatch(ended.stdout + ended.stderr, /hunter2/);
  });

  test('ends with 1 where the settings are not usable', async () => {
    const { code, stdout } = await tidemark(['doctor'], { TIDEMARK_RETENTION: 'never', TIDEMARK_TIME: 'soon' });
    assert.equal(code, 1);
    assert.match(stdout, /^wrong {4}settings .*\n +environment TIDEMARK_RETENTION: .*\n +environment TIDEMARK_TIME: /m);
  });

  test('ends with 1 for a store of a newer program, which it does not touch', async (t) => {
    const newer = await createTestStore();
    t.after(() => newer.remove());
    const database = await newer.open();
    await database.query('insert into schema_migration (version) values (999999)').finally(() => database.close());
    const ended = await tidemark(['doctor', '--json'], settingsFor(newer));
    assert.equal(ended.code, 1);
    assert.equal(findingsOf(ended).get('schema')?.detail, 'migrations of a newer program: 999999');
    assert.equal(findingsOf(ended).get('rights')?.state, 'skipped');
  });

  test('makes no embedded store where there is none', async (t) => {
    const folder = await folderWith(t, {});
    const settings = {
      TIDEMARK_DATA_DIR: join(folder, 'data'),
      TIDEMARK_GRPC: '127.0.0.1:0',
      TIDEMARK_HTTP: '127.0.0.1:0',
    };
    const { code, stdout } = await tidemark(['doctor'], settings);
    assert.equal(code, 0, stdout);
    assert.match(stdout, /^skipped {2}database {8}there is no embedded store yet$/m);
    assert.deepEqual(await readdir(folder), []);
  });
});
