import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { type Config, loadConfig } from '../../../collector/src/config.ts';
import { runChecks } from '../../../collector/src/doctor/check.ts';
import { judgeDisk, MACHINE_CHECKS } from '../../../collector/src/doctor/machine-checks.ts';
import { lockDirectory } from '../../../collector/src/store/lock.ts';
import { TestAuthority } from '../../support/certificates.ts';
import { folderWith } from '../commands/program.ts';

/** State and detail of one check with these settings in place of the defaults. */
async function verdictOf(name: string, change: Partial<Config>, env: NodeJS.ProcessEnv = {}): Promise<string> {
  const config = {
    ...(await loadConfig(undefined, { TIDEMARK_GRPC: '127.0.0.1:0', TIDEMARK_HTTP: '127.0.0.1:0' })),
    ...change,
  };
  const check = MACHINE_CHECKS.filter((one) => one.name === name);
  const [finding] = await runChecks(check, { config, env });
  return `${finding?.state}: ${finding?.detail}`;
}

/** Something that listens and answers every question with this. @returns its address. */
async function listener(t: TestContext, status: number, answer: unknown): Promise<string> {
  const server = createServer((_request, reply) => {
    reply.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return `127.0.0.1:${typeof address === 'object' && address !== null ? address.port : assert.fail('no port')}`;
}

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
route: { receivers: [people] }
`;

describe('the rule file', () => {
  test('is read with its receivers, and every mistake is told', async (t) => {
    const folder = await folderWith(t, { 'good.yaml': RULES, 'bad.yaml': RULES.replace('rows', 'row') });
    const good = join(folder, 'good.yaml');
    const url = 'https://hooks.slack.com/services/a/b/c';
    assert.equal(
      await verdictOf('rules', { rules: good }, { TEST_SLACK_URL: url }),
      'fine: 1 rules in 1 groups, 1 receivers',
    );
    assert.match(
      await verdictOf('rules', { rules: good }),
      /^wrong: receiver people: the environment variable TEST_SLACK_URL is not set$/,
    );
    assert.match(await verdictOf('rules', { rules: join(folder, 'bad.yaml') }), /^wrong: .*bad\.yaml:6:.*'rows'/);
    assert.match(
      await verdictOf('rules', { rules: join(folder, 'absent.yaml') }),
      /^wrong: could not be looked at: ENOENT/,
    );
    assert.match(await verdictOf('rules', { rules: null }), /^warning: /);
  });
});

describe('the data directory', () => {
  test('is looked at without being made', async (t) => {
    const folder = await folderWith(t, { file: '' });
    const dataDir = join(folder, 'a/b');
    assert.equal(
      await verdictOf('data directory', { dataDir }),
      `fine: ${dataDir} has no store yet; the first start makes it`,
    );
    assert.match(await verdictOf('disk', { dataDir }), /^(fine|warning|wrong): \d+ MiB left$/);
    assert.equal(
      await verdictOf('data directory', { dataDir: join(folder, 'file/data') }),
      `wrong: ${join(folder, 'file')} is not a directory`,
    );
  });

  test('names the process that has it', async (t) => {
    const dataDir = await folderWith(t, {});
    const lock = await lockDirectory(dataDir);
    assert.equal(
      await verdictOf('data directory', { dataDir }),
      `fine: ${dataDir} is in use by process ${process.pid} on ${hostname()}`,
    );
    await lock.release();
  });

  test('is short of room before it is full', () => {
    assert.deepEqual(
      [99, 100, 1023, 1024].map((mib) => judgeDisk(mib * 1024 * 1024).state),
      ['wrong', 'warning', 'warning', 'fine'],
    );
  });
});

describe('the ports', () => {
  test('are fine where they are free, or a collector that is ready has them', async (t) => {
    assert.match(await verdictOf('ports', {}), /^fine: .* are free$/);
    const http = await listener(t, 200, { ok: true, checks: [] });
    assert.equal(await verdictOf('ports', { http, grpc: http }), `fine: a collector answers on ${http} and is ready`);
  });

  test('are wrong where a collector has them that is not ready, and say why', async (t) => {
    const http = await listener(t, 503, { ok: false, checks: [{ name: 'store', ok: false, detail: 'no answer' }] });
    assert.equal(await verdictOf('ports', { http }), `wrong: the collector on ${http} is not ready: store: no answer`);
  });

  test('are wrong where something else has them', async (t) => {
    const other = await listener(t, 200, 'hello');
    assert.match(
      await verdictOf('ports', { http: other }),
      /^wrong: cannot listen on .*EADDRINUSE.*, and no collector answers on /,
    );
    assert.match(
      await verdictOf('ports', { grpc: other }),
      new RegExp(`^wrong: cannot listen on ${other}: .*EADDRINUSE`),
    );
    assert.match(
      await verdictOf('ports', { grpc: '192.0.2.1:7411' }),
      /^wrong: cannot listen on 192\.0\.2\.1:7411: .*EADDRNOTAVAIL/,
    );
  });
});

describe('certificates', () => {
  const DAY = 86_400_000;
  const authority = new TestAuthority();
  const filesOf = async (t: TestContext, days: number) => {
    const { cert, key } = authority.certify('collector', {
      toMs: Date.now() + days * DAY,
      fromMs: Date.now() - 9 * DAY,
    });
    const folder = await folderWith(t, { 'c.pem': cert, 'k.pem': key });
    return { cert: join(folder, 'c.pem'), key: join(folder, 'k.pem'), clientCa: null };
  };

  test('are fine where there are none or they are good for long, and told before and after they end', async (t) => {
    assert.match(await verdictOf('certificates', { tls: null }), /^fine: none/);
    assert.match(await verdictOf('certificates', { tls: await filesOf(t, 90) }), /^fine: valid until /);
    assert.match(await verdictOf('certificates', { tls: await filesOf(t, 13) }), /^warning: valid until /);
    assert.match(await verdictOf('certificates', { tls: await filesOf(t, -1) }), /^wrong: tls_cert .* has expired/);
  });

  test('do not hide a collector that speaks TLS', async (t) => {
    const tls = await filesOf(t, 90);
    const server = createTlsServer(authority.certify('collector'), (_request, reply) => {
      reply.end(JSON.stringify({ ok: true, checks: [] }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    t.after(() => server.close());
    const address = server.address();
    assert.ok(address !== null && typeof address === 'object');
    const http = `127.0.0.1:${address.port}`;
    assert.equal(await verdictOf('ports', { http, tls }), `fine: a collector answers on ${http} and is ready`);
  });
});
