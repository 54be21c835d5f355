import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Duplex } from 'node:stream';
import { describe, type TestContext, test } from 'node:test';
import { toBinary } from '@bufbuild/protobuf';
import { Client, type ClientDuplexStream, credentials, type ServiceError, status } from '@grpc/grpc-js';
import { type Batch, BatchSchema, LIMITS, REPORT_METHOD, type Receipt, Receipt_Status } from '@tidemark/proto';
import { openAccess } from '../../../collector/src/access/access.ts';
import type { ValidBatch } from '../../../collector/src/ingest/batch.ts';
import type { BatchOutcome } from '../../../collector/src/ingest/group-commit.ts';
import { createLog } from '../../../collector/src/log.ts';
import { MAX_BACKLOG_BYTES, memoryOf } from '../../../collector/src/receive/backlog.ts';
import {
  ANSWER_WITHIN_MS,
  type ReportDesk,
  ReportSession,
  type ReportStream,
} from '../../../collector/src/receive/report.ts';
import { ReceiveServer } from '../../../collector/src/receive/server.ts';
import { ANY_TIME, makeBatch, newSource, PROJECT, T0 } from '../../support/batches.ts';

type Taker = (batch: ValidBatch) => Promise<BatchOutcome>;
const deskOf = (take: Taker): ReportDesk => ({
  ingest: { take },
  bounds: () => ANY_TIME,
  access: openAccess(PROJECT),
  settings: { of: () => undefined },
  clock: { now: () => T0 },
  log: createLog('silent'),
});
const accept: Taker = async ({ refusals }) => ({ kind: 'accepted', refusals });

async function serve(
  t: TestContext,
  take: Taker,
): Promise<{ server: ReceiveServer; open(): ClientDuplexStream<Buffer, Receipt> }> {
  const server = new ReceiveServer('127.0.0.1:0', deskOf(take));
  await server.start();
  const client = new Client(`127.0.0.1:${server.port}`, credentials.createInsecure());
  t.after(async () => {
    client.close();
    await server.stop(100);
  });
  return {
    server,
    open: () =>
      client.makeBidiStreamRequest(REPORT_METHOD.path, (bytes: Buffer) => bytes, REPORT_METHOD.responseDeserialize),
  };
}

const bytesOf = (batch: Batch) => Buffer.from(toBinary(BatchSchema, batch));
const goodBatch = (sequence: number) => bytesOf(makeBatch(newSource(), sequence, [{ series: [{ values: [1] }] }]));

describe('receive', () => {
  test('answers every batch with its sequence', async (t) => {
    const { open } = await serve(t, accept);
    const stream = open();
    const receipts: Receipt[] = [];
    stream.on('data', (receipt: Receipt) => receipts.push(receipt));
    for (let sequence = 1; sequence <= 40; sequence++) stream.write(goodBatch(sequence));
    stream.end();
    await once(stream, 'end');
    assert.deepEqual(
      receipts.map(({ sequence }) => Number(sequence)),
      Array.from({ length: 40 }, (_, i) => i + 1),
    );
    assert.ok(receipts.every((receipt) => receipt.status === Receipt_Status.ACCEPTED));
    assert.ok(
      receipts.every(({ answeredAtUnixMs }) => answeredAtUnixMs === BigInt(T0)),
      'by its own clock',
    );
  });

  test('has no more batches of a stream under way than an agent may have unacknowledged', async (t) => {
    let underWay = 0;
    let most = 0;
    const { open } = await serve(t, async () => {
      most = Math.max(most, ++underWay);
      await new Promise((resolve) => setImmediate(resolve));
      underWay -= 1;
      return { kind: 'accepted', refusals: [] };
    });
    const stream = open();
    stream.resume();
    for (let sequence = 1; sequence <= 200; sequence++) stream.write(goodBatch(sequence));
    stream.end();
    await once(stream, 'end');
    assert.ok(most <= LIMITS.maxUnacknowledged, `${most} under way`);
  });

  test('asks for a batch again when its commit failed', async (t) => {
    const { open } = await serve(t, async () => ({ kind: 'retry', cause: new Error('the database is away') }));
    const stream = open();
    stream.write(goodBatch(7));
    const [receipt] = (await once(stream, 'data')) as [Receipt];
    assert.equal(receipt.status, Receipt_Status.RETRY);
    assert.ok(receipt.slowDownMs > 0);
    stream.cancel();
    await once(stream, 'error').catch(() => undefined);
  });

  test('names the parts that it refused', async (t) => {
    const { open } = await serve(t, accept);
    const stream = open();
    stream.write(bytesOf(makeBatch(newSource(), 1, [{ widthMs: 7, series: [{ values: [1] }] }])));
    stream.end();
    const [receipt] = (await once(stream, 'data')) as [Receipt];
    assert.equal(receipt.status, Receipt_Status.ACCEPTED);
    assert.deepEqual(
      receipt.refusals.map(({ part, code, rows }) => ({ part, code, rows })),
      [{ part: 'windows[0]', code: 'bad_width', rows: 1n }],
    );
    stream.resume();
    await once(stream, 'end');
  });

  const hostile: [string, Buffer, number, RegExp][] = [
    ['bytes that are no batch', Buffer.from([0xff, 0xff, 0xff, 0xff]), status.INVALID_ARGUMENT, /malformed/],
    ['a batch without a source', bytesOf(makeBatch(new Uint8Array(0), 1, [])), status.INVALID_ARGUMENT, /source_id/],
    ['a message over the cap', Buffer.alloc(LIMITS.maxBytes + 1), status.RESOURCE_EXHAUSTED, /larger than max/],
  ];
  for (const [what, bytes, code, details] of hostile) {
    test(`ends the stream over ${what}, and serves the next one`, async (t) => {
      const { open } = await serve(t, accept);
      const bad = open();
      bad.resume();
      bad.write(bytes);
      const [error] = (await once(bad, 'error')) as [ServiceError];
      assert.equal(error.code, code);
      assert.match(error.details, details);
      const good = open();
      good.write(goodBatch(1));
      const [receipt] = (await once(good, 'data')) as [Receipt];
      assert.equal(receipt.sequence, 1n);
      good.end();
      good.resume();
      await once(good, 'end');
    });
  }

  test('refuses a batch of more parts than any agent sends before it takes memory for them', async (t) => {
    const { open } = await serve(t, accept);
    for (const field of [4, 5, 6, 8, 9]) {
      const empty = Buffer.alloc(1024 * 1024);
      for (let i = 0; i < empty.length; i += 2) empty[i] = (field << 3) | 2;
      const stream = open();
      stream.resume();
      stream.write(Buffer.concat([bytesOf(makeBatch(newSource(), 1, [])), empty]));
      const [error] = (await once(stream, 'error')) as [ServiceError];
      assert.equal(error.code, status.INVALID_ARGUMENT);
      assert.match(error.details, /at most \d+ parts/);
    }
  });

  test('answers with a receipt that fits, whatever was refused and however long its names were', async (t) => {
    const { open } = await serve(t, accept);
    const batch = makeBatch(newSource(), 1, [{ widthMs: 7, rows: 1 }]);
    const [window] = batch.windows;
    assert.ok(window);
    batch.windows = Array.from({ length: 5_000 }, () => ({ ...window, rows: 2n }));
    window.rows = 2n ** 64n - 1n;
    batch.windows.unshift(window);
    batch.losses = [
      { $typeName: 'tidemark.v1.Loss', model: '\u0001'.repeat(1_000_000), version: '1', reason: 'x', count: 1n },
    ];
    const stream = open();
    stream.write(bytesOf(batch));
    const [receipt] = (await once(stream, 'data')) as [Receipt];
    assert.equal(receipt.status, Receipt_Status.ACCEPTED);
    const rows = receipt.refusals.reduce((sum, refusal) => sum + refusal.rows, 0n);
    assert.equal(rows, BigInt(Number.MAX_SAFE_INTEGER) + 10_000n);
    stream.end();
    stream.resume();
    await once(stream, 'end');
  });

  test('says that a batch which the store will never take was refused', async (t) => {
    const { open } = await serve(t, async () => ({ kind: 'refused', cause: new Error('date out of range') }));
    const stream = open();
    stream.write(goodBatch(1));
    const [receipt] = (await once(stream, 'data')) as [Receipt];
    assert.equal(receipt.status, Receipt_Status.REFUSED);
    assert.match(receipt.refusals[0]?.message ?? '', /date out of range/);
    stream.end();
    stream.resume();
    await once(stream, 'end');
  });

  test('keeps no more waiting for the store than it may, whatever the number of streams', async (t) => {
    const done = Promise.withResolvers<void>();
    let held = 0;
    const { open } = await serve(t, async () => {
      held += 1;
      await done.promise;
      return { kind: 'accepted', refusals: [] };
    });
    // Bytes that no part is made of: one long text that only its length counts for.
    const bigBatch = () => {
      const batch = makeBatch(newSource(), 1, []);
      if (batch.agent) batch.agent.host = 'x'.repeat(3 * 1024 * 1024);
      return bytesOf(batch);
    };
    const most = Math.floor(MAX_BACKLOG_BYTES / memoryOf(bigBatch().length, 0));
    assert.ok(most > 5 && most < 25, `${most} of 30`);
    const streams = [open(), open(), open()];
    const ends = streams.map((stream) => once(stream, 'end'));
    const answers: Receipt[] = [];
    const retried = Promise.withResolvers<void>();
    for (const stream of streams) {
      stream.on('data', (receipt: Receipt) => {
        answers.push(receipt);
        if (receipt.status === Receipt_Status.RETRY && answers.length === 30 - most) retried.resolve();
      });
      for (let i = 0; i < 10; i++) stream.write(bigBatch());
      stream.end();
    }
    await retried.promise;
    assert.equal(held, most);
    assert.ok(answers.every((receipt) => receipt.slowDownMs > 0));
    done.resolve();
    await Promise.all(ends);
    assert.equal(answers.length, 30);
  });

  test('asks for a batch again whose commit takes longer than agents wait, and then takes it for the same', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const done = Promise.withResolvers<BatchOutcome>();
    let taken = 0;
    const receipts: Receipt[] = [];
    const stream = Object.assign(
      new Duplex({
        objectMode: true,
        read: () => undefined,
        write: (receipt: Receipt, _encoding, next) => {
          receipts.push(receipt);
          next();
        },
      }),
      { getPeer: () => 'test' },
    );
    const desk = deskOf(() => {
      taken += 1;
      return done.promise;
    });
    new ReportSession(stream as unknown as ReportStream, desk, PROJECT);
    const turns = async () => {
      for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    };
    const bytes = goodBatch(1);
    stream.push(bytes);
    await turns();
    t.mock.timers.tick(ANSWER_WITHIN_MS - 1);
    await turns();
    assert.equal(receipts.length, 0);
    t.mock.timers.tick(1);
    await turns();
    assert.equal(receipts[0]?.status, Receipt_Status.RETRY);
    assert.ok((receipts[0]?.slowDownMs ?? 0) > 0);
    stream.push(bytes);
    await turns();
    done.resolve({ kind: 'accepted', refusals: [] });
    await turns();
    assert.equal(receipts[1]?.status, Receipt_Status.ACCEPTED);
    assert.equal(taken, 1);
    stream.destroy();
  });

  test('reads no more of an agent that does not read its receipts', async () => {
    const stream = Object.assign(new Duplex({ objectMode: true, read: () => undefined, write: () => undefined }), {
      getPeer: () => 'test',
    });
    const session = new ReportSession(stream as unknown as ReportStream, deskOf(accept), PROJECT);
    const bytes = goodBatch(1);
    for (let i = 0; i < 1_000; i++) stream.push(bytes);
    for (let turn = 0; turn < 1_000; turn++) await new Promise((resolve) => setImmediate(resolve));
    assert.ok(stream.writableLength < 100, `${stream.writableLength} receipts wait`);
    session.close();
    stream.destroy();
  });

  test('survives that a stream ends in every way while its batches are under way', async (t) => {
    const done = Promise.withResolvers<void>();
    let underWay = 0;
    const { open } = await serve(t, async () => {
      underWay += 1;
      await done.promise;
      return { kind: 'accepted', refusals: [] };
    });
    const [cancelled, spoilt] = [open(), open()];
    const ends = [cancelled, spoilt].map((stream) => once(stream.resume(), 'error'));
    for (const stream of [cancelled, spoilt]) stream.write(goodBatch(1));
    while (underWay < 2) await new Promise((resolve) => setImmediate(resolve));
    cancelled.cancel();
    spoilt.write(Buffer.from([0xff]));
    await Promise.all(ends);
    done.resolve();
    const good = open();
    good.write(goodBatch(2));
    await once(good, 'data');
    good.end();
    await once(good.resume(), 'end');
  });

  test('says which port is in use', async (t) => {
    const { server } = await serve(t, accept);
    const second = new ReceiveServer(`127.0.0.1:${server.port}`, deskOf(accept));
    await assert.rejects(second.start(), { code: 'PORT_IN_USE', message: new RegExp(`127.0.0.1:${server.port}`) });
    await second.stop(100);
  });

  test('gives every batch under way its receipt before it stops', async (t) => {
    let finish: (outcome: BatchOutcome) => void = () => undefined;
    const taken = Promise.withResolvers<void>();
    const { server, open } = await serve(t, () => {
      taken.resolve();
      return new Promise((resolve) => {
        finish = resolve;
      });
    });
    const stream = open();
    stream.write(goodBatch(3));
    await taken.promise;
    const stopped = server.stop(5_000);
    finish({ kind: 'accepted', refusals: [] });
    const [receipt] = (await once(stream, 'data')) as [Receipt];
    assert.equal(receipt.sequence, 3n);
    stream.end();
    stream.resume();
    await stopped;
  });
});
