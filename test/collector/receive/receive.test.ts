import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, type TestContext, test } from 'node:test';
import { toBinary } from '@bufbuild/protobuf';
import { Client, type ClientDuplexStream, credentials, type ServiceError, status } from '@grpc/grpc-js';
import { type Batch, BatchSchema, LIMITS, REPORT_METHOD, type Receipt, Receipt_Status } from '@tidemark/proto';
import type { ValidBatch } from '../../../collector/src/ingest/batch.ts';
import type { BatchOutcome } from '../../../collector/src/ingest/group-commit.ts';
import { createLog } from '../../../collector/src/log.ts';
import { ReceiveServer } from '../../../collector/src/receive/server.ts';
import { ANY_TIME, makeBatch, newSource } from '../../support/batches.ts';

type Taker = (batch: ValidBatch) => Promise<BatchOutcome>;
const accept: Taker = async ({ refusals }) => ({ kind: 'accepted', refusals });

async function serve(
  t: TestContext,
  take: Taker,
): Promise<{ server: ReceiveServer; open(): ClientDuplexStream<Buffer, Receipt> }> {
  const server = new ReceiveServer('127.0.0.1:0', { take }, () => ANY_TIME, createLog('silent'));
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

  test('says which port is in use', async (t) => {
    const { server } = await serve(t, accept);
    const second = new ReceiveServer(`127.0.0.1:${server.port}`, { take: accept }, () => ANY_TIME, createLog('silent'));
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
