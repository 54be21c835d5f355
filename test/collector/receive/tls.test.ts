import assert from 'node:assert/strict';
import { connect as connectTcp } from 'node:net';
import { describe, type TestContext, test } from 'node:test';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { Receipt } from '@tidemark/proto';
import type { LineSecurity } from '../../../agent/src/export/credentials.ts';
import { GrpcTransport } from '../../../agent/src/export/grpc.ts';
import type { Certificates } from '../../../collector/src/tls/certificate-files.ts';
import { type Certified, TestAuthority } from '../../support/certificates.ts';
import { smallBatch, startServer, until } from './receive-set-up.ts';

const DAY = 86_400_000;
const authority = new TestAuthority();
const stranger = new TestAuthority('Stranger');
const collector = authority.certify('collector');
const clients = new TestAuthority('Clients');

const certificatesOf = ({ cert, key }: Certified, clientCa: string | null): Certificates => ({
  cert,
  key,
  clientCa,
  endsAt: Date.now() + DAY,
});

/** A server with this certificate, and what renews it. */
async function start(t: TestContext, certified: Certified, clientCa: string | null = null) {
  const listeners: ((certificates: Certificates) => void)[] = [];
  const tls = {
    current: certificatesOf(certified, clientCa),
    onRenewed: (listener: (certificates: Certificates) => void) => void listeners.push(listener),
    start: () => undefined,
    stop: () => undefined,
  };
  const server = await startServer(t, { tls });
  return {
    server,
    port: server.port ?? 0,
    renew: (next: Certified, ca: string | null) => {
      for (const listener of listeners) listener(certificatesOf(next, ca));
    },
  };
}

/** Sends a batch by the agent's own transport. @returns `receipt`, or how the stream ended. */
async function send(port: number, security: LineSecurity): Promise<string> {
  const transport = new GrpcTransport(`localhost:${port}`, security);
  try {
    return await new Promise<string>((resolve) => {
      const stream = transport.open({
        onReceipt: (receipt: Receipt) => {
          resolve(receipt.sequence === 1n ? 'receipt' : 'another');
          stream.cancel();
        },
        onEnd: ({ code, details }) => resolve(`${code} ${details}`),
      });
      stream.write(smallBatch(1));
    });
  } finally {
    transport.close();
  }
}

describe('TLS on the port of agents', () => {
  test('is spoken with those who know the authority, and with nobody else', async (t) => {
    const { port } = await start(t, collector);
    assert.equal(await send(port, { tls: { ca: authority.cert } }), 'receipt');
    assert.match(await send(port, { tls: { ca: stranger.cert } }), /^14 /);
  });

  test('leaves a plain agent waiting, and others go on', async (t) => {
    const { port, server } = await start(t, collector);
    assert.match(await send(port, {}), /^14 /, 'UNAVAILABLE: it keeps what it has');
    assert.equal(await send(port, { tls: { ca: authority.cert } }), 'receipt');
    await until('no connection is left', () => server.load.connections === 0);
  });

  test('shows an expired certificate to nobody who looks', async (t) => {
    const expired = authority.certify('collector', { fromMs: Date.now() - 2 * DAY, toMs: Date.now() - DAY });
    const { port } = await start(t, expired);
    assert.match(await send(port, { tls: { ca: authority.cert } }), /^14 .*expired/);
  });

  test('asks for a certificate of the given authority where there is one', async (t) => {
    const { port } = await start(t, collector, clients.cert);
    const { cert: ca } = authority;
    assert.equal(await send(port, { tls: { ca, ...clients.certify('agent') } }), 'receipt');
    const expired = clients.certify('agent', { fromMs: Date.now() - 2 * DAY, toMs: Date.now() - DAY });
    for (const [what, tls] of [
      ['none', { ca }],
      ['one of another authority', { ca, ...stranger.certify('agent') }],
      ['one of the server’s authority', { ca, ...authority.certify('agent') }],
      ['one that has expired', { ca, ...expired }],
    ] as const) {
      assert.match(await send(port, { tls }), /^14 /, what);
    }
  });

  test('goes by renewed certificates and authorities from the next connection on; open streams stay', async (t) => {
    const { port, renew } = await start(t, collector, clients.cert);
    const old = { ca: authority.cert, ...clients.certify('agent') };
    const transport = new GrpcTransport(`localhost:${port}`, { tls: old });
    t.after(() => transport.close());
    const receipts: Receipt[] = [];
    const stream = transport.open({ onReceipt: (receipt) => receipts.push(receipt), onEnd: () => undefined });
    stream.write(smallBatch(1));
    await until('the first receipt', () => receipts.length === 1);

    const next = new TestAuthority('Next');
    const nextClients = new TestAuthority('Next clients');
    renew(next.certify('collector'), nextClients.cert);
    assert.equal(await send(port, { tls: { ca: next.cert, ...nextClients.certify('agent') } }), 'receipt');
    assert.match(await send(port, { tls: old }), /^14 /, 'the old authority is not shown any more');
    assert.match(await send(port, { tls: { ...old, ca: next.cert } }), /^14 /, 'nor are the old clients let in');
    stream.write(smallBatch(2));
    await until('the second receipt', () => receipts.length === 2);
    stream.end();
  });

  test('is 1.2 or newer, and HTTP/2 alone', async (t) => {
    const { port } = await start(t, collector);
    const shake = (options: object) =>
      new Promise<string>((resolve) => {
        const socket: TLSSocket = connectTls({
          port,
          host: '127.0.0.1',
          ca: authority.cert,
          ALPNProtocols: ['h2'],
          ...options,
        });
        socket.once('secureConnect', () => resolve(`${socket.getProtocol()} ${socket.alpnProtocol}`));
        socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
        t.after(() => socket.destroy());
      });
    assert.equal(await shake({}), 'TLSv1.3 h2');
    assert.equal(await shake({ maxVersion: 'TLSv1.2' }), 'TLSv1.2 h2');
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' };
    assert.match(await shake(old), /PROTOCOL_VERSION/);
    assert.match(await shake({ ALPNProtocols: ['http/1.1'] }), /NO_APPLICATION_PROTOCOL/);
  });

  test('does not hold up a stop, nor lose count, where it is never finished', async (t) => {
    const { port, server } = await start(t, collector);
    const socket = connectTcp(port, '127.0.0.1');
    socket.on('error', () => undefined);
    t.after(() => socket.destroy());
    await until('the connection', () => server.load.connections === 1);
    const before = performance.now();
    await server.stop(5_000);
    assert.ok(performance.now() - before < 2_500);
    await until('no connection is left', () => server.load.connections === 0);
  });
});
