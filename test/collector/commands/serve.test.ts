import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { createTestStore, SERVER_URL, type TestStore } from '../../support/database.ts';
import { type Ended, folderWith, type Settings, serve, settingsFor, tidemark } from './program.ts';

let store: TestStore;
before(async () => {
  store = await createTestStore();
});
after(() => store.remove());

const RULES = `version: 1
groups:
  - name: g
    rules:
      - alert: Silent
        silence: { model: m, measure: rows, window: 10m }
        fire: "< 1"
receivers:
  - name: people
    slack: { url: { env: TEST_SLACK_URL } }
  - name: pager
    pagerduty: { routing_key: { env: TEST_ROUTING_KEY } }
route: { receivers: [people, pager] }
`;

/** Ends with 1 and an explanation on standard error, in the words of the program and not of a stack. */
function assertExplained({ code, stdout, stderr }: Ended, message: RegExp): void {
  assert.deepEqual([code, stdout], [1, ''], stderr);
  assert.match(stderr, message);
  assert.doesNotMatch(stderr, /^\s+at /m);
}

/** Takes a port of this machine until the test is over. */
async function takenPort(t: TestContext): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : assert.fail('no port');
}

describe('tidemark serve', () => {
  test('answers, holds its data directory, and ends in order with 0 on SIGTERM', async (t) => {
    const settings = settingsFor(store);
    const running = await serve(t, settings);
    const live = await fetch(`http://127.0.0.1:${running.httpPort}/health/live`);
    assert.equal(live.status, 200);

    if (SERVER_URL === undefined) {
      const second = await tidemark(['serve'], settings);
      assertExplained(
        second,
        /^tidemark: data directory .* is in use by process \d+ on .*\. Stop that process, or choose/m,
      );
      assert.ok(second.stderr.includes(`process ${running.child.pid} `));
    }

    for (const [setting, port] of [
      ['TIDEMARK_HTTP', running.httpPort],
      ['TIDEMARK_GRPC', running.grpcPort],
    ] as const) {
      const folder = await folderWith(t, {});
      const beside = { ...settings, TIDEMARK_DATA_DIR: join(folder, 'data'), [setting]: `127.0.0.1:${port}` };
      const refused = await tidemark(['serve'], beside);
      assertExplained(refused, new RegExp(`^tidemark: cannot listen for .* on 127\\.0\\.0\\.1:${port}: `, 'm'));
    }

    const { code, stdout, stderr } = await running.end();
    assert.deepEqual([code, stderr], [0, '']);
    assert.equal(stdout.trim().split('\n').length, 1, 'one line for programs: where it listens');

    const next = await serve(t, { ...settings, TIDEMARK_LOG: 'info' });
    const ended = await next.end();
    assert.equal(ended.code, 0);
    const said = ended.stderr
      .trim()
      .split('\n')
      .map((line) => String(JSON.parse(line).msg));
    assert.deepEqual(said.slice(-2), ['stopping', 'collector has stopped']);
  });

  test('names the port that another program has', async (t) => {
    const port = await takenPort(t);
    const settings = { ...settingsFor(store), TIDEMARK_HTTP: `127.0.0.1:${port}` };
    const refused = await tidemark(['serve'], settings);
    assertExplained(refused, /Choose another address with the setting http\./);
    assert.ok(refused.stderr.includes(`127.0.0.1:${port}`));
  });

  test('tells every mistake of its settings at once, those of the file with line and column', async (t) => {
    const text = 'grcp: 127.0.0.1:1\nhttp: 127.0.0.1\nretention: forever\nlog: loud\n';
    const folder = await folderWith(t, { 'tidemark.yaml': text });
    const refused = await tidemark(['serve'], { TIDEMARK_TIME: 'tomorrow', TIDEMARK_LOG: '' }, folder);
    assertExplained(refused, /^tidemark: settings are not usable:$/m);
    const [, ...lines] = refused.stderr.trimEnd().split('\n');
    assert.deepEqual(
      lines.map((line) => line.split(': expected')[0]),
      [
        "tidemark.yaml:1:1 grcp: unknown key 'grcp' (did you mean 'grpc'?)",
        'tidemark.yaml:2:7 http',
        'tidemark.yaml:3:12 retention',
        'environment TIDEMARK_TIME',
        'environment TIDEMARK_LOG',
      ],
    );
  });

  for (const [what, url, message] of [
    [
      'that nobody answers for',
      'postgres://tide:hunter2@127.0.0.1:1/flights',
      /cannot reach PostgreSQL at 127\.0\.0\.1:1\/flights: .*ECONNREFUSED/,
    ],
    [
      'of a name with two addresses',
      'postgres://tide:hunter2@localhost:1/flights',
      /cannot reach PostgreSQL at localhost:1\/flights: .*ECONNREFUSED/,
    ],
    [
      'that cannot be read',
      'postgres://tide:hun#ter2@127.0.0.1:1:2/flights',
      /cannot reach PostgreSQL at an address that is not a URL/,
    ],
    ['of another database', 'mysql://tide:hunter2@127.0.0.1:1/flights', /environment DATABASE_URL: expected postgres:/],
  ] as const) {
    test(`explains a database address ${what} and keeps its password to itself`, async () => {
      const refused = await tidemark(['serve'], { DATABASE_URL: url });
      assertExplained(refused, message);
      assert.doesNotMatch(refused.stderr, /hun#?ter2/);
    });
  }

  test('takes over a changed rule file on SIGHUP, and keeps the old rules where it is broken', async (t) => {
    const rules = RULES.slice(0, RULES.indexOf('receivers:'));
    const folder = await folderWith(t, { 'rules.yaml': rules });
    const file = join(folder, 'rules.yaml');
    const running = await serve(t, { ...settingsFor(store), TIDEMARK_RULES: file, TIDEMARK_LOG: 'info' });
    const said = async (message: RegExp) => {
      for await (const line of running.lines()) if (message.test(line)) return line;
      return assert.fail('it ended');
    };
    await writeFile(file, rules.replace('measure: rows', 'measure: row'));
    running.child.kill('SIGHUP');
    assert.match(await said(/the rules read before stay in use/), /rules\.yaml:6:39.*did you mean 'rows'/);
    await writeFile(file, rules.replace('alert: Silent', 'alert: Quiet'));
    running.child.kill('SIGHUP');
    await said(/rules were read anew/);
    assert.equal((await running.end()).code, 0);
  });

  test('does not start on a broken rule file', async (t) => {
    const folder = await folderWith(t, { 'rules.yaml': RULES.replace('measure: rows,', 'measure: row,') });
    const refused = await tidemark(['serve'], { ...settingsFor(store), TIDEMARK_RULES: 'rules.yaml' }, folder);
    assertExplained(
      refused,
      /^tidemark: the rule file is not usable:\nrules\.yaml:6:39 groups\[0\]\.rules\[0\]\.silence\.measure: /,
    );
    assert.match(refused.stderr, /got 'row' \(did you mean 'rows'\?\)/);
  });

  test('does not start without its rule file', async () => {
    const refused = await tidemark(['serve'], { ...settingsFor(store), TIDEMARK_RULES: 'absent.yaml' });
    assertExplained(refused, /^tidemark: cannot read the rule file absent\.yaml: ENOENT/);
  });

  test('names every environment variable that its receivers miss', async (t) => {
    const folder = await folderWith(t, { 'rules.yaml': RULES });
    const settings: Settings = { ...settingsFor(store), TIDEMARK_RULES: 'rules.yaml', TEST_ROUTING_KEY: '' };
    const refused = await tidemark(['serve'], settings, folder);
    assertExplained(refused, /^tidemark: receivers are not usable:\n/);
    assert.match(refused.stderr, /^receiver people: the environment variable TEST_SLACK_URL is not set$/m);
    assert.match(refused.stderr, /^receiver pager: the environment variable TEST_ROUTING_KEY is not set$/m);
  });
});
