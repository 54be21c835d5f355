import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createAgent } from '@tidemark/agent';
import { createTestStore, type TestStore } from '../../support/database.ts';
import { tidemarkHere } from './in-process.ts';
import { type Ended, serve, settingsFor } from './program.ts';

let store: TestStore;
before(async () => {
  store = await createTestStore();
});
after(() => store.remove());

const run = (...args: string[]): Promise<Ended> => tidemarkHere(args, settingsFor(store));
const tokenFor = async (...args: string[]) => (await run('token', 'create', ...args)).stdout.trim();

describe('tidemark project and tidemark token', () => {
  test('make a project once, and list it', async () => {
    assert.deepEqual(await run('project', 'create', 'team-b'), {
      code: 0,
      stdout: 'made the project team-b\n',
      stderr: '',
    });
    const again = await run('project', 'create', 'team-b');
    assert.equal(again.code, 1);
    assert.match(again.stderr, /there is a project team-b already/);
    const list = JSON.parse((await run('project', 'list', '--json')).stdout) as { name: string }[];
    assert.deepEqual(
      list.map(({ name }) => name),
      ['default', 'team-b'],
    );
    for (const name of ['', '-', 'Team', 'a b', 'x'.repeat(65), "a';drop table project"]) {
      const refused = await run('project', 'create', '--', name);
      assert.equal(refused.code, 2, name);
      assert.match(refused.stderr, /expected 1 to 64 of a-z/);
    }
  });

  test('say what is meant where a project is misspelt', async () => {
    for (const args of [
      ['models', 'list'],
      ['token', 'create', '--scope', 'read'],
      ['token', 'list'],
    ]) {
      const { code, stderr } = await run(...args, '--project', 'defualt');
      assert.equal(code, 1);
      assert.match(stderr, /there is no project defualt \(did you mean 'default'\?\)/);
    }
  });

  test('tell every mistake of a token to be made', async () => {
    const { code, stderr } = await run(
      'token',
      'create',
      '--scope',
      'root',
      '--expires',
      'soon',
      '--name',
      'x'.repeat(129),
    );
    assert.equal(code, 2);
    assert.match(stderr, /--scope: expected one of write, read, admin, got "root"/);
    assert.match(stderr, /--expires: expected a duration such as/);
    assert.match(stderr, /--name: expected at most 128 characters, got 129/);
  });

  test('show a token once, keep its hash, list it without its secret, and end it by its id or itself', async () => {
    const made = JSON.parse(
      (await run('token', 'create', '--scope', 'read', '--name', 'grafana', '--expires', '90d', '--json')).stdout,
    );
    assert.match(made.token, /^tmk_/);
    const secret = made.token.slice(29);
    const database = await store.open();
    const rows = await database.query('select * from token');
    await database.close();
    assert.ok(!JSON.stringify(rows).includes(secret));
    const list = await run('token', 'list', '--json');
    assert.ok(!list.stdout.includes(secret));
    assert.partialDeepStrictEqual(JSON.parse(list.stdout), [
      { id: made.id, project: 'default', name: 'grafana', scope: 'read', revoked_at: null },
    ]);
    assert.match((await run('token', 'list')).stdout, /^[0-9a-f]{24}\tdefault\tread\t\S+Z\texpires \S+Z\tgrafana\n$/);
    assert.equal((await run('token', 'revoke', made.token)).stdout, `revoked ${made.id}\n`);
    assert.equal((await run('token', 'revoke', made.id)).stdout, `revoked ${made.id}\n`);
    assert.match((await run('token', 'list')).stdout, /\trevoked \S+Z\tgrafana\n$/);
    const unknown = await run('token', 'revoke', `${secret}x`);
    assert.equal(unknown.code, 1);
    assert.ok(!unknown.stderr.includes(secret));
  });

  test('keep two projects apart whose agents serve a model of the same name', async (t) => {
    const write = {
      a: await tokenFor('--scope', 'write'),
      b: await tokenFor('--scope', 'write', '--project', 'team-b'),
    };
    const read = { a: await tokenFor('--scope', 'read'), b: await tokenFor('--scope', 'read', '--project', 'team-b') };
    const serving = await serve(t, { ...settingsFor(store), TIDEMARK_AUTH: 'token' });
    for (const [project, calls] of [
      ['a', 3],
      ['b', 5],
    ] as const) {
      const agent = createAgent({
        collector: `127.0.0.1:${serving.grpcPort}`,
        token: write[project],
        service: project,
        model: { name: 'm', version: '1' },
      });
      const predict = agent.wrap(async (x: number) => x, { features: (x) => ({ x }) });
      for (let i = 0; i < calls; i++) await predict(i);
      assert.deepEqual(await agent.stop({ timeoutMs: 30_000 }), { delivered: true, pending: 0 });
    }
    const models = async (token: string) => {
      const url = `http://127.0.0.1:${serving.httpPort}/api/v1/models`;
      const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
      return response.status === 200
        ? ((await response.json()) as { rows: number }[]).map(({ rows }) => rows)
        : response.status;
    };
    assert.deepEqual(await models(read.a), [3]);
    assert.deepEqual(await models(read.b), [5]);
    assert.equal(await models(write.a), 403);
    const { code, stderr } = await serving.end();
    assert.equal(code, 0);
    for (const token of Object.values({ ...write, ...read })) assert.ok(!stderr.includes(token.slice(29)));
    assert.match((await run('models', 'list', '--project', 'team-b')).stdout, /\tm 1\t5 rows\t/);
  });
});
