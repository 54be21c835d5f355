import type { TestContext } from 'node:test';
import { toBinary } from '@bufbuild/protobuf';
import { type ChannelOptions, Client, type ClientDuplexStream, credentials, Metadata } from '@grpc/grpc-js';
import { BatchSchema, REPORT_METHOD, type Receipt } from '@tidemark/proto';
import { openAccess } from '../../../collector/src/access/access.ts';
import type { ValidBatch } from '../../../collector/src/ingest/batch.ts';
import type { BatchOutcome } from '../../../collector/src/ingest/group-commit.ts';
import { createLog } from '../../../collector/src/log.ts';
import { type ReceiveOptions, ReceiveServer } from '../../../collector/src/receive/server.ts';
import { ANY_TIME, makeBatch, newSource, PROJECT, T0 } from '../../support/batches.ts';

/** What becomes of a batch. */
export type Taker = (batch: ValidBatch) => Promise<BatchOutcome>;

/** A server on a free port of this machine that takes everything, and is stopped after the test. */
export async function startServer(t: TestContext, options: ReceiveOptions = {}, take?: Taker): Promise<ReceiveServer> {
  const accept: Taker = async ({ refusals }) => ({ kind: 'accepted', refusals });
  const server = new ReceiveServer(
    '127.0.0.1:0',
    {
      ingest: { take: take ?? accept },
      bounds: () => ANY_TIME,
      access: openAccess(PROJECT),
      settings: { of: () => undefined },
      clock: { now: () => T0 },
      log: createLog('silent'),
    },
    options,
  );
  await server.start();
  t.after(() => server.stop(100));
  return server;
}

/** A plain client of that port, with a connection of its own. */
export function connect(t: TestContext, port: number | undefined, options: ChannelOptions = {}): Client {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), {
    'grpc.use_local_subchannel_pool': 1,
    'grpc.enable_retries': 0,
    ...options,
  });
  t.after(() => client.close());
  return client;
}

/** Opens a stream of batches. */
export function report(client: Client, metadata = new Metadata()): ClientDuplexStream<Buffer, Receipt> {
  const { path, responseDeserialize } = REPORT_METHOD;
  return client.makeBidiStreamRequest(path, (bytes: Buffer) => bytes, responseDeserialize, metadata);
}

/** The bytes of a small batch. */
export function smallBatch(sequence: number): Buffer {
  return Buffer.from(toBinary(BatchSchema, makeBatch(newSource(), sequence, [{ series: [{ values: [1] }] }])));
}

/** Waits until something holds. @throws where it does not within 10 s. */
export async function until(what: string, holds: () => boolean): Promise<void> {
  const end = performance.now() + 10_000;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`waited 10 s for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
