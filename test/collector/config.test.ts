import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Config, loadConfig } from '../../collector/src/config.ts';
import { CollectorError } from '../../collector/src/errors.ts';
import { SETTINGS } from '../../collector/src/settings.ts';

const DAY = 86_400_000;
let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidemark-config-'));
});
after(() => rm(folder, { recursive: true, force: true }));

async function load(text: string, env: NodeJS.ProcessEnv = {}): Promise<Config> {
  const file = join(folder, 'tidemark.yaml');
  await writeFile(file, text);
  return loadConfig(file, env);
}

/** The lines of the complaint, the file's path cut to its name. */
async function mistakes(text: string, env: NodeJS.ProcessEnv = {}): Promise<string[]> {
  try {
    await load(text, env);
  } catch (error) {
    assert.ok(error instanceof CollectorError && error.code === 'CONFIG_INVALID', String(error));
    const [first, ...lines] = error.message.replaceAll(`${folder}/`, '').split('\n');
    assert.equal(first, 'settings are not usable:');
    return lines;
  }
  return assert.fail('the settings were taken');
}

describe('settings', () => {
  test('are complete without a file or an environment', async (t) => {
    const here = process.cwd();
    process.chdir(folder);
    t.after(() => process.chdir(here));
    await rm(join(folder, 'tidemark.yaml'), { force: true });
    const config = await loadConfig(undefined, {});
    assert.deepEqual(config, {
      grpc: '127.0.0.1:7411',
      http: '127.0.0.1:7410',
      auth: 'auto',
      tls: null,
      databaseUrl: null,
      dataDir: '.tidemark/data',
      rules: null,
      budgets: { maxSeries: 5_000, maxVersions: 1_000 },
      keptFor: { minutes: 3 * DAY, hours: 400 * DAY, days: Infinity, events: 30 * DAY },
      time: 'wall',
      publicUrl: null,
      log: 'info',
    });
    assert.ok(Object.isFrozen(config));
    await writeFile(join(folder, 'tidemark.yaml'), 'log: warn\n');
    assert.equal((await loadConfig(undefined, {})).log, 'warn', 'the file of that name is read where it is there');
  });

  test('of the file win over the defaults, those of the environment over the file', async () => {
    const text =
      'grpc: 0.0.0.0:1\nhttp: "[::1]:2"\nretention: 30d\npublic_url: https://tidemark.example/\nlog: debug\n';
    const fromFile = await load(text);
    assert.deepEqual(
      [fromFile.grpc, fromFile.http, fromFile.keptFor.hours, fromFile.publicUrl, fromFile.log, fromFile.time],
      ['0.0.0.0:1', '[::1]:2', 30 * DAY, 'https://tidemark.example', 'debug', 'wall'],
    );
    const env = { TIDEMARK_GRPC: 'localhost:3', TIDEMARK_TIME: 'data', DATABASE_URL: 'postgresql://u:p@h/d' };
    const both = await load(text, env);
    assert.deepEqual(
      [both.grpc, both.http, both.time, both.databaseUrl],
      ['localhost:3', '[::1]:2', 'data', env.DATABASE_URL],
    );
  });

  test('that are empty in the environment put away those of the file', async () => {
    const text = 'database_url: postgres://u:p@h/d\nrules: rules.yaml\n';
    assert.equal((await load(text)).databaseUrl, 'postgres://u:p@h/d');
    const config = await load(text, { DATABASE_URL: '', TIDEMARK_RULES: '' });
    assert.deepEqual([config.databaseUrl, config.rules], [null, null]);
  });

  test('can each be set by their key and by their variable', async () => {
    const other: Record<(typeof SETTINGS)[number]['key'], string> = {
      grpc: 'h:1',
      http: 'h:2',
      auth: 'token',
      tls_cert: 'c.pem',
      tls_key: 'k.pem',
      tls_client_ca: 'a.pem',
      database_url: 'postgres://h/d',
      data_dir: 'd',
      rules: 'r.yaml',
      retention: '2h',
      max_series: '10',
      max_versions: '20',
      retention_minutes: '3h',
      retention_days: '4h',
      retention_events: '5h',
      time: 'data',
      public_url: 'http://h',
      log: 'trace',
    };
    const defaults = await load('');
    for (const { key, env } of SETTINGS) {
      // Those of TLS are of use together only.
      const beside = SETTINGS.filter((one) => key.startsWith('tls_') && one.key.startsWith('tls_') && one.key !== key);
      const text = beside.map((one) => `${one.key}: ${other[one.key]}\n`).join('');
      const byKey = await load(`${text}${key}: ${other[key]}\n`);
      assert.deepEqual(await load(text, { [env]: other[key] }), byKey, key);
      assert.notDeepEqual(byKey, defaults, key);
    }
  });

  test('that are wrong are told all at once, those of the file with line and column', async () => {
    const text = `grcp: 127.0.0.1:1
http: 127.0.0.1
database_url: mysql://u:secret@h/d
data_dir: ''
retention: 4 weeks
time: [data]
public_url: tidemark.example
log: loud
`;
    assert.deepEqual(await mistakes(text, { TIDEMARK_GRPC: 'localhost', TIDEMARK_LOG: 'info' }), [
      "tidemark.yaml:1:1 grcp: unknown key 'grcp' (did you mean 'grpc'?)",
      'tidemark.yaml:2:7 http: expected host:port such as 127.0.0.1:7411, got "127.0.0.1"',
      'tidemark.yaml:3:15 database_url: expected postgres://…',
      'tidemark.yaml:4:11 data_dir: expected a directory, got ""',
      'tidemark.yaml:5:12 retention: expected a duration from 1h to 100y, such as 400d, got "4 weeks"',
      'tidemark.yaml:6:7 time: expected a text, got a list',
      'tidemark.yaml:7:13 public_url: expected an http or https address such as https://tidemark.example, got "tidemark.example"',
      'environment TIDEMARK_GRPC: expected host:port such as 127.0.0.1:7411, got "localhost"',
    ]);
  });

  test('of TLS are told to be of use together only', async () => {
    assert.match((await mistakes('tls_cert: c.pem\n')).join(), /^tls_cert is set and tls_key is not: set both/);
    assert.match((await mistakes('', { TIDEMARK_TLS_KEY: 'k.pem' })).join(), /^tls_key is set and tls_cert is not/);
    assert.match((await mistakes('tls_client_ca: a.pem\n')).join(), /^tls_client_ca is set without/);
    assert.equal((await mistakes('tls_cert: c.pem\nlog: loud\n')).length, 2, 'beside the others');
  });

  for (const [name, text] of [
    ['in a wrong form', 'database_url: "mysql://u:hunter2@h/d"\n'],
    ['beside other mistakes', 'database_url: "postgres://u:hunter2@h/d"\nlog: loud\n'],
    ['under a misspelt key', 'databse_url: "postgres://u:hunter2@h/d"\n'],
    ['inside a list', 'database_url: ["postgres://u:hunter2@h/d"]\n'],
    ['given twice', 'database_url: "postgres://u:hunter2@h/d"\ndatabase_url: "postgres://u:hunter2@h/e"\n'],
    ['without its closing quote', 'database_url: "postgres://u:hunter2@h/d\nlog: info\n'],
  ] as const) {
    test(`never repeat a database password ${name}`, async () => {
      const lines = await mistakes(text);
      assert.ok(lines.length > 0);
      assert.doesNotMatch(lines.join('\n'), /hunter2/);
    });
  }

  test('never repeat a database password of the environment', async () => {
    const lines = await mistakes('', { DATABASE_URL: 'https://u:hunter2@h/d' });
    assert.deepEqual(lines, ['environment DATABASE_URL: expected postgres://…']);
  });

  for (const retention of ['0', '59m', '101y', '400', '']) {
    test(`refuse to keep windows for '${retention}'`, async () => {
      assert.match((await mistakes(`retention: '${retention}'\n`)).join(), /expected a duration from 1h to 100y/);
    });
  }

  for (const address of ['7411', 'localhost', 'localhost:', 'localhost:65536', '::1:80', 'a b:1', ':1']) {
    test(`refuse the address '${address}'`, async () => {
      assert.match((await mistakes(`grpc: '${address}'\n`)).join(), /expected host:port/);
    });
  }

  test('are missed only where their file was named', async () => {
    await assert.rejects(loadConfig(join(folder, 'absent.yaml'), {}), {
      code: 'CONFIG_INVALID',
      message: /cannot read .*absent\.yaml/,
    });
  });

  test('that are no mapping are refused', async () => {
    assert.deepEqual(await mistakes('- grpc\n'), ['tidemark.yaml:1:1 expected a mapping (key: value), got a list']);
  });
});
