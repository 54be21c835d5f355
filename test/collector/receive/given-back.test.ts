import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, type TestContext, test } from 'node:test';
import { create, toBinary } from '@bufbuild/protobuf';
import { type ServiceError, status } from '@grpc/grpc-js';
import { BatchSchema, type Receipt, Receipt_Status } from '@tidemark/proto';
import { openAccess } from '../../../collector/src/access/access.ts';
import type { ValidBatch } from '../../../collector/src/ingest/batch.ts';
import type { BatchOutcome } from '../../../collector/src/ingest/group-commit.ts';
import { createLog } from '../../../collector/src/log.ts';
import { Backlog } from '../../../collector/src/receive/backlog.ts';
import { ReceiveServer } from '../../../collector/src/receive/server.ts';
import { ANY_TIME, newSource, PROJECT, T0 } from '../../support/batches.ts';
import { connect, report, smallBatch } from './receive-set-up.ts';

const KEPT: BatchOutcome = { kind: 'accepted', refusals: [] };

/** A server whose ingest is closed while `closed` says why, and what it read and answered. */
async function gatedServer(t: TestContext, maxBytes?: number) {
  const gate = {
    closed: null as string | null,
    take: async (_batch: ValidBatch): Promise<BatchOutcome> => KEPT,
    taken: 0,
    answered: [] as { read: boolean; outcome: BatchOutcome['kind'] }[],
  };
  const backlog = new Backlog(maxBytes === undefined ? {} : { maxBytes });
  const server = new ReceiveServer(
    '127.0.0.1:0',
    {
      ingest: {
        take(batch) {
          gate.taken += 1;
          return gate.take(batch);
        },
        get closedBecause() {
          return gate.closed;
        },
      },
      bounds: () => ANY_TIME,
      access: openAccess(PROJECT),
      settings: { of: () => undefined },
      clock: { now: () => T0 },
      log: createLog('silent'),
      observer: {
        answered: (batch, { kind }) => gate.answered.push({ read: batch !== null, outcome: kind }),
        malformed: () => undefined,
        turnedAway: () => undefined,
      },
    },
    { backlog },
  );
  await server.start();
  t.after(() => server.stop(100));
  return { server, gate, backlog };
}

/** A batch that can be told from others, and is no message further in. */
function brokenInside(): Buffer {
  const { field } = BatchSchema;
  const named = toBinary(BatchSchema, create(BatchSchema, { sourceId: newSource(), sequence: 7n }));
  // A tag without its value.
  return Buffer.concat([named, Buffer.of((field.health.number << 3) | 2, 1, 0x08)]);
}

async function answerTo(t: TestContext, port: number | undefined, bytes: Buffer): Promise<Receipt> {
  const stream = report(connect(t, port));
  stream.write(bytes);
  const [receipt] = (await once(stream, 'data')) as [Receipt];
  stream.end();
  await once(stream.resume(), 'end');
  return receipt;
}

describe('a batch that cannot be kept', () => {
  test('while nothing is taken is given back unread, whatever is in it, with a time to come again', async (t) => {
    const { server, gate } = await gatedServer(t);
    gate.closed = 'the store has not committed within 5000 ms';
    for (const [bytes, sequence] of [
      [smallBatch(3), 3n],
      [brokenInside(), 7n],
    ] as const) {
      const receipt = await answerTo(t, server.port, bytes);
      assert.equal(receipt.status, Receipt_Status.RETRY);
      assert.equal(receipt.sequence, sequence);
      assert.ok(receipt.slowDownMs >= 1_000);
      assert.equal(receipt.answeredAtUnixMs, BigInt(T0));
    }
    assert.equal(gate.taken, 0);
    assert.deepEqual(gate.answered, Array(2).fill({ read: false, outcome: 'retry' }));
    gate.closed = null;
    assert.equal((await answerTo(t, server.port, smallBatch(4))).status, Receipt_Status.ACCEPTED);
    assert.deepEqual(gate.answered.at(-1), { read: true, outcome: 'accepted' });
  });

  test('for want of room is given back unread', async (t) => {
    const { server, gate } = await gatedServer(t, 1);
    assert.equal((await answerTo(t, server.port, brokenInside())).status, Receipt_Status.RETRY);
    assert.equal(gate.taken, 0);
  });

  test('because it is broken inside ends its stream, and takes no room afterwards', async (t) => {
    const { server, backlog } = await gatedServer(t);
    const stream = report(connect(t, server.port));
    stream.resume().write(brokenInside());
    const [error] = (await once(stream, 'error')) as [ServiceError];
    assert.equal(error.code, status.INVALID_ARGUMENT);
    assert.match(error.message, /malformed/);
    assert.equal(backlog.bytes, 0);
  });

  test('yet and comes again is read once, and both get the answer', async (t) => {
    const { server, gate } = await gatedServer(t);
    const { promise, resolve } = Promise.withResolvers<BatchOutcome>();
    const last = Promise.withResolvers<void>();
    gate.take = ({ sequence }) => {
      if (sequence === 2) last.resolve();
      return promise;
    };
    const stream = report(connect(t, server.port));
    const twice = smallBatch(1);
    for (const bytes of [twice, twice, smallBatch(2)]) stream.write(bytes);
    const receipts: Receipt[] = [];
    stream.on('data', (receipt: Receipt) => receipts.push(receipt));
    // A stream is read in order, so both have come by then.
    await last.promise;
    resolve(KEPT);
    stream.end();
    await once(stream, 'end');
    assert.deepEqual(
      receipts.map(({ sequence, status }) => ({ sequence, status })),
      [1n, 1n, 2n].map((sequence) => ({ sequence, status: Receipt_Status.ACCEPTED })),
    );
    assert.equal(gate.taken, 2);
    assert.deepEqual(gate.answered.map(({ read }) => read).sort(), [false, true, true]);
  });
});
