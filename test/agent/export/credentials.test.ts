import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { ServerCredentials } from '@grpc/grpc-js';
import type { AgentOptions } from '@tidemark/agent';
import { TestAuthority } from '../../support/certificates.ts';
import { FakeCollector } from '../fake-collector.ts';
import { makeAgent } from '../make-agent.ts';

const authority = new TestAuthority();
const stranger = new TestAuthority('Another Authority');
const server = authority.certify('collector');
const client = authority.certify('agent');
const TOKEN = 'canary-token-7b1e';
const DAY = 86_400_000;

function serverCredentials({ cert, key }: { cert: string; key: string }, asks = false): ServerCredentials {
  const pair = { private_key: Buffer.from(key), cert_chain: Buffer.from(cert) };
  return ServerCredentials.createSsl(Buffer.from(authority.cert), [pair], asks);
}

describe('a connection over TLS', () => {
  let collector: FakeCollector;
  const said: string[] = [];
  beforeEach(() => {
    said.length = 0;
    collector = new FakeCollector();
    collector.credentials = serverCredentials(server);
  });
  afterEach(() => collector.kill());

  /** Whether one inference gets through; an agent that is turned away says why, and never its token. */
  async function delivers(options: Partial<AgentOptions>): Promise<boolean> {
    await collector.start();
    const before = collector.rows;
    const log = (message: string) => said.push(message);
    const agent = makeAgent({ collector: collector.address, log, ...options });
    agent.wrap((x: number) => x)(1);
    const ok = agent.flush({ timeoutMs: 10_000 });
    const failed = new Promise<undefined>((resolve) => {
      const look = setInterval(() => {
        if (said.length === 0) return;
        clearInterval(look);
        resolve(undefined);
      }, 5);
      void ok.then(() => clearInterval(look));
    });
    const first = await Promise.race([ok, failed]);
    await agent.stop({ timeoutMs: first === undefined ? 0 : 5_000 });
    assert.ok(!said.some((message) => message.includes(TOKEN)), 'the token was said');
    assert.equal(collector.rows - before, first?.delivered ? 1 : 0);
    return first?.delivered ?? false;
  }

  it('is made with an authority of our own', async () => {
    assert.equal(await delivers({ tls: { ca: authority.cert } }), true);
    assert.deepEqual(said, []);
  });

  it('takes PEM as bytes too', async () => {
    assert.equal(await delivers({ tls: { ca: Buffer.from(authority.cert) } }), true);
  });

  it('is not made to a collector of another authority', async () => {
    assert.equal(await delivers({ tls: { ca: stranger.cert } }), false);
    assert.match(said[0] ?? '', /collector away, will try again: UNAVAILABLE/);
  });

  it('is not made to one that only the authorities of Node could vouch for', async () => {
    assert.equal(await delivers({ tls: true }), false);
  });

  it('is not made with an expired certificate', async () => {
    const expired = authority.certify('collector', { fromMs: Date.now() - 2 * DAY, toMs: Date.now() - DAY });
    collector.credentials = serverCredentials(expired);
    assert.equal(await delivers({ tls: { ca: authority.cert } }), false);
    assert.match(said[0] ?? '', /certificate has expired/);
  });

  it('is made under another name only where that is asked for', async () => {
    collector.credentials = serverCredentials(authority.certify('c', { names: ['collector.example'] }));
    assert.equal(await delivers({ tls: { ca: authority.cert } }), false);
    collector.kill();
    said.length = 0;
    assert.equal(await delivers({ tls: { ca: authority.cert, serverName: 'collector.example' } }), true);
  });

  it('is not made in plain text to a collector with TLS', async () => {
    assert.equal(await delivers({}), false);
  });

  it('shows a certificate of its own where one is asked for', async () => {
    collector.credentials = serverCredentials(server, true);
    assert.equal(await delivers({ tls: { ca: authority.cert } }), false);
    collector.kill();
    said.length = 0;
    assert.equal(await delivers({ tls: { ca: authority.cert, ...client } }), true);
    collector.kill();
    said.length = 0;
    assert.equal(await delivers({ tls: { ca: authority.cert, ...stranger.certify('agent') } }), false);
  });

  for (const tls of [{ ca: authority.cert }, undefined]) {
    it(`brings its token ${tls ? 'over TLS' : 'over a plain connection to this machine'}`, async () => {
      if (tls === undefined) collector.credentials = ServerCredentials.createInsecure();
      const line = tls === undefined ? {} : { tls };
      collector.token = TOKEN;
      assert.equal(await delivers({ ...line, token: 'another' }), false);
      assert.match(said[0] ?? '', /UNAUTHENTICATED/);
      collector.kill();
      said.length = 0;
      assert.equal(await delivers(line), false);
      collector.kill();
      said.length = 0;
      assert.equal(await delivers({ ...line, token: TOKEN }), true);
    });
  }
});
