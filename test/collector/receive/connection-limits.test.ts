import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { connect as connectTcp, createServer, type NetConnectOpts, type Socket } from 'node:net';
import { describe, type TestContext, test } from 'node:test';
import { type ServiceError, status } from '@grpc/grpc-js';
import type { Receipt } from '@tidemark/proto';
import { TestAuthority } from '../../support/certificates.ts';
import { connect, report, smallBatch, startServer, until } from './receive-set-up.ts';

const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
const EMPTY_SETTINGS = Buffer.of(0, 0, 0, 4, 0, 0, 0, 0, 0);

/** A socket of a stranger: it breaks silently. */
function open(t: TestContext, port: number | undefined, options: Partial<NetConnectOpts> = {}): Socket {
  const socket = connectTcp({ host: '127.0.0.1', port: port ?? 0, ...options } as NetConnectOpts);
  socket.on('error', () => undefined);
  t.after(() => socket.destroy());
  return socket.resume();
}

/** Sends one batch by a connection of its own, and waits for its receipt. */
async function delivers(t: TestContext, port: number | undefined): Promise<boolean> {
  const stream = report(connect(t, port));
  stream.write(smallBatch(1));
  const [receipt] = (await once(stream, 'data')) as [Receipt];
  stream.end();
  await once(stream.resume(), 'end');
  return receipt.sequence === 1n;
}

const QUICK = { firstCallMs: 150, sweepMs: 20 };

describe('connections', () => {
  test('by the thousand from one address take no more than their share, and others go on', async (t) => {
    const server = await startServer(t, { limits: { maxConnectionsPerPeer: 50 } });
    let closed = 0;
    let most = 0;
    const sockets: Socket[] = [];
    // A hundred at a time: the queue of the kernel is no part of this.
    for (let portion = 1; portion <= 20; portion++) {
      for (let i = 0; i < 100; i++) {
        const socket = open(t, server.port, { localAddress: '127.0.0.2' });
        socket.once('close', () => {
          closed += 1;
          most = Math.max(most, server.load.connections);
        });
        sockets.push(socket);
      }
      await until('all that are too many are closed', () => closed === portion * 100 - 50);
    }
    assert.equal(server.load.connections, 50);
    assert.ok(most <= 50, `${most} at once`);
    assert.ok(await delivers(t, server.port));
    for (const socket of sockets) socket.destroy();
    await until('their room is free again', () => server.load.connections <= 1);
  });

  test('are no more than there may be over all; an agent that finds no room comes again', async (t) => {
    const server = await startServer(t, { limits: { maxConnections: 3 } });
    const sockets = [1, 2, 3].map((n) => open(t, server.port, { localAddress: `127.0.0.${n}` }));
    await until('no room is left', () => server.load.connections === 3);
    const [error] = (await once(report(connect(t, server.port)).resume(), 'error')) as [ServiceError];
    assert.equal(error.code, status.UNAVAILABLE);
    sockets[0]?.destroy();
    await until('there is room', () => server.load.connections === 2);
    assert.ok(await delivers(t, server.port));
  });

  const authority = new TestAuthority();
  const certified = authority.certify('collector');
  const tls = {
    current: { ...certified, clientCa: null, endsAt: Date.now() + 86_400_000 },
    onRenewed: () => undefined,
    start: () => undefined,
    stop: () => undefined,
  };
  for (const [what, options, begin] of [
    ['say nothing', {}, () => undefined],
    ['never finish the HTTP/2 preface', {}, (socket: Socket) => socket.write(PREFACE.subarray(0, 10))],
    ['say hello and nothing more', {}, (socket: Socket) => socket.write(Buffer.concat([PREFACE, EMPTY_SETTINGS]))],
    ['say nothing where TLS is spoken', { tls }, () => undefined],
    // The head of a TLS record with a ClientHello of 512 bytes, of which none comes.
    ['never finish TLS', { tls }, (socket: Socket) => socket.write(Buffer.of(22, 3, 1, 2, 0, 1, 0, 1, 252))],
  ] as const) {
    test(`that ${what} are closed, and agents go on meanwhile`, async (t) => {
      const server = await startServer(t, { ...options, limits: QUICK });
      const sockets = Array.from({ length: 20 }, () => open(t, server.port));
      const closed = sockets.map((socket) => once(socket, 'close'));
      for (const socket of sockets) begin(socket);
      if (!('tls' in options)) assert.ok(await delivers(t, server.port));
      await Promise.all(closed);
      await until('nothing is left of them', () => server.load.connections <= 1);
    });
  }

  test('that dribble a byte now and then before their first call are closed', async (t) => {
    const server = await startServer(t, { limits: QUICK });
    const socket = open(t, server.port);
    // The head of a frame HEADERS of 200 bytes, which then come one by one.
    const bytes = Buffer.concat([PREFACE, EMPTY_SETTINGS, Buffer.of(0, 0, 200, 1, 4, 0, 0, 0, 1)]);
    socket.write(bytes);
    const dribble = setInterval(() => socket.write(Buffer.of(0)), 10);
    t.after(() => clearInterval(dribble));
    await once(socket, 'close');
    clearInterval(dribble);
    assert.ok(await delivers(t, server.port));
  });

  test('without a stream are closed in good order after a while', async (t) => {
    const server = await startServer(t, { limits: { idleMs: 100, sweepMs: 20 } });
    const session = connectHttp2(`http://127.0.0.1:${server.port}`);
    t.after(() => session.destroy());
    session.on('error', () => undefined);
    const [code] = await once(session, 'goaway');
    assert.equal(code, 0, 'NO_ERROR');
    await until('it is gone', () => server.load.connections === 0);
  });

  test('whose other end went away without a word are closed, and what its stream held is free', async (t) => {
    const server = await startServer(t, { limits: { keepaliveMs: 50, keepaliveTimeoutMs: 100 } });
    const pairs: [Socket, Socket][] = [];
    const cable = createServer((near) => {
      const far = open(t, server.port).pause();
      near.on('error', () => undefined);
      near.pipe(far).pipe(near);
      pairs.push([near, far]);
    });
    cable.listen(0, '127.0.0.1');
    await once(cable, 'listening');
    t.after(() => {
      cable.close();
      for (const [near] of pairs) near.destroy();
    });
    const address = cable.address();
    assert.ok(address !== null && typeof address === 'object');
    const stream = report(connect(t, address.port));
    stream.on('error', () => undefined);
    stream.write(smallBatch(1));
    await once(stream, 'data');
    assert.equal(server.load.connections, 1);
    // As if the cable were cut: nothing passes, and nobody is told.
    for (const [near, far] of pairs) {
      near.unpipe(far).pause();
      far.unpipe(near).pause();
    }
    await until('the half that is left is closed', () => server.load.connections === 0);
    assert.ok(await delivers(t, server.port));
    stream.cancel();
  });
});
