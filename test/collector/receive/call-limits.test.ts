import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type ClientHttp2Session, type ClientHttp2Stream, connect as connectHttp2, constants } from 'node:http2';
import { describe, type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { LIMITS, REPORT_METHOD, type Receipt } from '@tidemark/proto';
import { connect, report, smallBatch, startServer, until } from './receive-set-up.ts';

const MiB = 1024 * 1024;
const QUICK = { messageMs: 150, unreadMs: 150, closingMs: 100, sweepMs: 20 };

/** A message as it stands on the stream. */
function framed(message: Buffer, flag = 0, size = message.length): Buffer {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt8(flag, 0);
  prefix.writeUInt32BE(size, 1);
  return Buffer.concat([prefix, message]);
}

/** A connection that does what it wants. */
function session(t: TestContext, port: number | undefined, settings = {}): ClientHttp2Session {
  const opened = connectHttp2(`http://127.0.0.1:${port}`, { settings });
  opened.on('error', () => undefined);
  t.after(() => opened.destroy());
  return opened;
}

/** A call of `Report` of which only what a test writes is sent; it is not ended. */
function rawReport(on: ClientHttp2Session, headers = {}) {
  const stream: ClientHttp2Stream = on.request(
    { ':method': 'POST', ':path': REPORT_METHOD.path, 'content-type': 'application/grpc', te: 'trailers', ...headers },
    { endStream: false },
  );
  stream.on('error', () => undefined);
  const ended = Promise.withResolvers<{ code: number; message: string }>();
  const read = (block: Record<string, unknown>) => {
    if (block['grpc-status'] === undefined) return;
    ended.resolve({ code: Number(block['grpc-status']), message: decodeURI(String(block['grpc-message'])) });
  };
  stream.on('response', read);
  stream.on('trailers', read);
  const closed = new Promise((resolve) => stream.once('close', resolve));
  return { stream, ended: ended.promise, closed };
}

async function delivers(t: TestContext, port: number | undefined): Promise<boolean> {
  const stream = report(connect(t, port));
  stream.write(smallBatch(1));
  const [receipt] = (await once(stream, 'data')) as [Receipt];
  stream.end();
  await once(stream.resume(), 'end');
  return receipt.sequence === 1n;
}

describe('a call', () => {
  for (const [what, dribbles] of [
    ['begins a message and never finishes it', false],
    ['sends its message a byte now and then', true],
  ] as const) {
    test(`that ${what} ends as one to be tried again, and its connection goes on`, async (t) => {
      const server = await startServer(t, { limits: QUICK });
      const shared = session(t, server.port);
      const { stream, ended, closed } = rawReport(shared);
      stream.resume().write(framed(Buffer.alloc(100), 0, MiB));
      const dribble = setInterval(() => dribbles && stream.writable && stream.write(Buffer.of(0)), 10);
      t.after(() => clearInterval(dribble));
      assert.ok(await delivers(t, server.port));
      const { code, message } = await ended;
      assert.equal(code, status.UNAVAILABLE);
      assert.match(message, /not complete within 150 ms/);
      await closed;
      clearInterval(dribble);
      assert.equal(server.load.unfinishedBytes, 0);
      const next = rawReport(shared);
      next.stream.write(framed(smallBatch(1)));
      await once(next.stream, 'data');
      next.stream.close();
    });
  }

  test('keeps its time while what came before waits for the store', async (t) => {
    const stored = Promise.withResolvers<void>();
    let taken = 0;
    const server = await startServer(t, { limits: { ...QUICK, unreadMs: 60_000 } }, async ({ refusals }) => {
      taken += 1;
      await stored.promise;
      return { kind: 'accepted', refusals };
    });
    const { stream, ended } = rawReport(session(t, server.port));
    let answered = 0;
    stream.on('data', () => {
      answered += 1;
    });
    const bytes = Buffer.concat(Array.from({ length: 40 }, (_, i) => framed(smallBatch(i + 1))));
    stream.write(bytes.subarray(0, -7));
    await until('as many as may be are under way', () => taken === LIMITS.maxUnacknowledged);
    const early = await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 4 * QUICK.messageMs))]);
    assert.equal(early, undefined, 'the store is slow, not the sender');
    stored.resolve();
    stream.write(bytes.subarray(-7));
    await until('every receipt', () => answered > 0 && taken === 40);
    stream.close();
  });

  test('has no more of unfinished messages in memory than all calls together may; the oldest make room', async (t) => {
    const server = await startServer(t, { limits: { maxUnfinishedBytes: 2 * MiB } });
    const ended: { code: number; message: string }[] = [];
    let most = 0;
    const look = setInterval(() => {
      most = Math.max(most, server.load.unfinishedBytes);
    }, 1);
    t.after(() => clearInterval(look));
    for (let i = 0; i < 12; i++) {
      const call = rawReport(session(t, server.port));
      void call.ended.then((end) => ended.push(end));
      call.stream.resume().write(framed(Buffer.alloc(MiB / 2), 0, LIMITS.maxBytes));
    }
    await until('some have made room', () => ended.length >= 8);
    assert.ok(await delivers(t, server.port), 'a whole batch still passes');
    assert.ok(most > MiB && most <= 2 * MiB, `${most} bytes`);
    assert.ok(ended.every(({ code }) => code === status.UNAVAILABLE));
    assert.match(ended[0]?.message ?? '', /too many messages were begun/);
  });

  test('is charged for the smallness of its pieces', async (t) => {
    const server = await startServer(t, { limits: { maxUnfinishedBytes: 64 * 1024 } });
    const { stream, ended } = rawReport(session(t, server.port));
    stream.resume().write(framed(Buffer.alloc(0), 0, MiB));
    for (let i = 0; i < 1_000 && stream.writable; i++) {
      await new Promise((resolve) => stream.write(Buffer.of(0), resolve));
    }
    assert.match((await ended).message, /too many messages were begun/);
  });

  test('that does not read its receipts is closed, and holds up nobody', async (t) => {
    const server = await startServer(t, { limits: QUICK });
    const { stream, closed } = rawReport(session(t, server.port, { initialWindowSize: 0 }));
    for (let i = 0; i < 10; i++) stream.write(framed(smallBatch(1)));
    assert.ok(await delivers(t, server.port));
    await closed;
    assert.equal(stream.rstCode, constants.NGHTTP2_REFUSED_STREAM, 'which gRPC reads as UNAVAILABLE');
    assert.ok(await delivers(t, server.port));
  });

  test('that finds every stream taken is told so, and gets in when one is free', async (t) => {
    const server = await startServer(t, { limits: { maxStreams: 3 } });
    const streams = [1, 2, 3].map(() => report(connect(t, server.port)));
    for (const stream of streams) {
      stream.write(smallBatch(1));
      await once(stream, 'data');
    }
    const [error] = (await once(report(connect(t, server.port)).resume(), 'error')) as [ServiceError];
    assert.equal(error.code, status.UNAVAILABLE);
    assert.match(error.details, /3 streams already/);
    streams[0]?.end();
    await once(streams[0]!.resume(), 'end');
    assert.ok(await delivers(t, server.port));
    for (const stream of streams.slice(1)) stream.cancel();
    await Promise.allSettled(streams.slice(1).map((stream) => once(stream, 'close')));
  });

  test('is one of as many as its connection may have', async (t) => {
    const server = await startServer(t, { limits: { maxStreamsPerConnection: 7 } });
    const opened = session(t, server.port);
    await once(opened, 'remoteSettings');
    assert.equal(opened.remoteSettings.maxConcurrentStreams, 7);
  });

  for (const [kib, code] of [
    [16, status.RESOURCE_EXHAUSTED],
    [200, undefined],
  ] as const) {
    test(`with ${kib} KiB of metadata is refused, and others go on`, async (t) => {
      const server = await startServer(t);
      const metadata = new Metadata();
      metadata.set('authorization', `Bearer ${'x'.repeat(kib * 1024)}`);
      const [error] = (await once(report(connect(t, server.port), metadata).resume(), 'error')) as [ServiceError];
      if (code !== undefined) assert.equal(error.code, code);
      assert.ok(await delivers(t, server.port));
    });
  }

  test('whose messages are compressed is refused before they are worth anything', async (t) => {
    const server = await startServer(t);
    const bomb = gzipSync(Buffer.alloc(64 * MiB));
    const { stream, ended } = rawReport(session(t, server.port), { 'grpc-encoding': 'gzip' });
    stream.resume().write(framed(bomb, 1));
    const { code } = await ended;
    assert.equal(code, status.UNIMPLEMENTED);
    assert.ok(await delivers(t, server.port));
  });

  test('over the cap of a message ends, also where the sender never stops sending', async (t) => {
    const server = await startServer(t, { limits: QUICK });
    const { stream, ended, closed } = rawReport(session(t, server.port));
    stream.resume().write(framed(Buffer.alloc(1_000), 0, LIMITS.maxBytes + 1));
    const more = setInterval(() => stream.writable && stream.write(Buffer.alloc(1_000)), 10);
    t.after(() => clearInterval(more));
    const { code, message } = await ended;
    assert.equal(code, status.RESOURCE_EXHAUSTED);
    assert.match(message, /larger than max/);
    await closed;
    assert.equal(server.load.unfinishedBytes, 0);
  });
});
