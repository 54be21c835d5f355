import { create } from '@bufbuild/protobuf';
import { Server, ServerCredentials, type ServerDuplexStream } from '@grpc/grpc-js';
import { type Batch, LIMITS, REPORT_METHOD, type Receipt, Receipt_Status, ReceiptSchema } from '@tidemark/proto';

// A program of its own: acknowledges every batch and keeps nothing. Says its port on the first line, ends with its input.
const server = new Server({ 'grpc.max_receive_message_length': LIMITS.maxBytes });
server.addService(
  { report: REPORT_METHOD },
  {
    report(stream: ServerDuplexStream<Batch, Receipt>) {
      stream.on('data', ({ sequence }: Batch) =>
        stream.write(create(ReceiptSchema, { sequence, status: Receipt_Status.ACCEPTED })),
      );
      stream.on('end', () => stream.end());
      stream.on('error', () => {});
    },
  },
);
server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
  if (error !== null) throw error;
  process.stdout.write(`${port}\n`);
});
process.stdin.on('end', () => process.exit(0)).resume();
