import assert from 'node:assert/strict';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { describe, type TestContext, test } from 'node:test';
import { createAgent } from '@tidemark/agent';
import { pino } from 'pino';
import { Collector } from '../../collector/src/collector.ts';
import { loadConfig } from '../../collector/src/config.ts';
import { createLog } from '../../collector/src/log.ts';
import { TestAuthority } from '../support/certificates.ts';
import { createTestStore } from '../support/database.ts';

const authority = new TestAuthority();
const clients = new TestAuthority('Clients');

/** Settings of a collector on a database of its own, with its certificate files. */
async function prepare(t: TestContext) {
  const directory = await mkdtemp(join(tmpdir(), 'tidemark-tls-'));
  const store = await createTestStore();
  t.after(async () => {
    await store.remove();
    await rm(directory, { recursive: true, force: true });
  });
  const own = authority.certify('collector');
  const files = { cert: join(directory, 'c.pem'), key: join(directory, 'k.pem'), ca: join(directory, 'a.pem') };
  await writeFile(files.cert, own.cert);
  await writeFile(files.key, own.key);
  await writeFile(files.ca, clients.cert);
  const env = {
    DATABASE_URL: store.databaseUrl ?? '',
    TIDEMARK_DATA_DIR: store.dataDir,
    TIDEMARK_GRPC: '127.0.0.1:0',
    TIDEMARK_HTTP: '127.0.0.1:0',
    TIDEMARK_TLS_CERT: files.cert,
    TIDEMARK_TLS_KEY: files.key,
    TIDEMARK_TLS_CLIENT_CA: files.ca,
  };
  const config = join(directory, 'tidemark.yaml');
  await writeFile(config, '');
  return { env, files, load: () => loadConfig(config, env) };
}

function ask(port: number, path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const request = get({ port, path, host: '127.0.0.1', ca: authority.cert }, (response) => {
      response.resume();
      response.once('end', () => resolve(response.statusCode));
    });
    request.once('error', reject);
  });
}

describe('a collector with certificates', () => {
  test('takes what agents send over mutual TLS, and answers HTTPS without asking for a certificate', async (t) => {
    const { load } = await prepare(t);
    const collector = await Collector.create(await load(), createLog('silent'), {});
    t.after(() => collector.stop({ timeoutMs: 1_000 }));
    const { grpcPort, httpPort } = await collector.start();

    const deliver = async (tls: object) => {
      const agent = createAgent({
        collector: `localhost:${grpcPort}`,
        model: { name: 'm', version: '1' },
        log: () => undefined,
        tls,
      });
      agent.wrap((x: number) => x)(1);
      const { delivered } = await agent.flush({ timeoutMs: 3_000 });
      await agent.stop({ timeoutMs: 0 });
      return delivered;
    };
    assert.equal(await deliver({ ca: authority.cert, ...clients.certify('agent') }), true);
    assert.equal(await deliver({ ca: authority.cert }), false, 'without a certificate of its own');

    assert.equal(await ask(httpPort, '/health/ready'), 200);
    await assert.rejects(fetch(`http://127.0.0.1:${httpPort}/health/ready`));
  });

  for (const [what, tls, warns] of [
    ['warns where tokens would pass unencrypted', false, true],
    ['does not where they pass over TLS', true, false],
  ] as const) {
    test(what, async (t) => {
      const { env, load } = await prepare(t);
      env.TIDEMARK_GRPC = '0.0.0.0:0';
      if (!tls) env.TIDEMARK_TLS_CERT = env.TIDEMARK_TLS_KEY = env.TIDEMARK_TLS_CLIENT_CA = '';
      const said: string[] = [];
      const sink = new Writable({
        write: (line, _encoding, done) => {
          said.push(String(line));
          done();
        },
      });
      const collector = await Collector.create(await load(), pino({}, sink), {});
      await collector.stop({ timeoutMs: 100 });
      const warning = said.find((line) => line.includes('tokens travel unencrypted'));
      assert.equal(warning !== undefined, warns);
      if (warns) assert.deepEqual(JSON.parse(warning ?? '').addresses, ['0.0.0.0:0']);
    });
  }

  test('does not start with files that do not fit, and says all that is wrong', async (t) => {
    const { load, files } = await prepare(t);
    await copyFile(files.cert, files.key);
    await rm(files.ca);
    await assert.rejects(Collector.create(await load(), createLog('silent'), {}), {
      code: 'TLS_INVALID',
      message: /^TLS is not usable:\ntls_client_ca cannot be read.*\ntls_key .* holds no usable private key/,
    });
  });
});
