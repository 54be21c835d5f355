import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';
import { create } from '@bufbuild/protobuf';
import { Server, ServerCredentials, type ServerDuplexStream } from '@grpc/grpc-js';
import { type Batch, REPORT_METHOD, Receipt_Status, ReceiptSchema } from '@tidemark/proto';

/** A collector as nobody wants it: where to find it, and how to end it. */
export type Unkind = { readonly address: string; stop(): Promise<void> };

const NOISE = Buffer.from(Array.from({ length: 512 }, (_, i) => (i * 197 + 13) % 256));
// Some are lost, some come late, and all of them tell the agent to slow down a little.
const SLOW_MS = 150;

/** Takes connections and never says a word. */
export function hung(): Promise<Unkind> {
  return listening((socket) => void socket.on('error', () => {}).resume());
}

/** Answers a connection with bytes that are no HTTP/2. */
export function noisy(): Promise<Unkind> {
  return listening((socket) => {
    socket.on('error', () => {}).resume();
    socket.write(NOISE);
  });
}

/** Speaks gRPC, and sends receipts that are none: noise, of batches that never were, of states that do not exist. */
export function garbling(): Promise<Unkind> {
  let nth = 0;
  const garbage = ({ sequence }: Batch): Buffer => {
    const wrong = [
      NOISE.subarray(0, 40),
      Buffer.alloc(0),
      REPORT_METHOD.responseSerialize(create(ReceiptSchema, { sequence: sequence + 1_000_000n, status: 1 })),
      REPORT_METHOD.responseSerialize(create(ReceiptSchema, { sequence, status: 77 as Receipt_Status })),
      REPORT_METHOD.responseSerialize(create(ReceiptSchema, { sequence: 0n, status: 3 })),
    ];
    return wrong[nth++ % wrong.length] as Buffer;
  };
  return serving(
    (stream) => {
      stream.on('data', (batch: Batch) => stream.write(garbage(batch)));
    },
    (bytes: Buffer) => bytes,
  );
}

/** Keeps everything, but takes its time and asks for more. */
export function slow(): Promise<Unkind> {
  return serving(
    (stream) => {
      stream.on('data', ({ sequence }: Batch) => {
        const receipt = create(ReceiptSchema, { sequence, status: Receipt_Status.ACCEPTED, slowDownMs: SLOW_MS });
        setTimeout(() => stream.write(REPORT_METHOD.responseSerialize(receipt)), SLOW_MS);
      });
    },
    (bytes: Buffer) => bytes,
  );
}

async function listening(take: (socket: Socket) => void): Promise<Unkind> {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    take(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((resolve) => {
        for (const socket of open) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

type Stream = ServerDuplexStream<Batch, Buffer>;

async function serving(
  report: (stream: Stream) => void,
  responseSerialize: (bytes: Buffer) => Buffer,
): Promise<Unkind> {
  const server = new Server();
  server.addService(
    { report: { ...REPORT_METHOD, responseSerialize } },
    {
      report: (stream: Stream) => {
        stream.on('error', () => {});
        stream.on('end', () => stream.end());
        report(stream);
      },
    },
  );
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  return {
    address: `127.0.0.1:${port}`,
    stop: async () => server.forceShutdown(),
  };
}
