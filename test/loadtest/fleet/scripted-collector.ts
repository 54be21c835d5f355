import { create, fromBinary } from '@bufbuild/protobuf';
import { Server, ServerCredentials, type ServerDuplexStream, type UntypedServiceImplementation } from '@grpc/grpc-js';
import { type Batch, BatchSchema, REPORT_METHOD, type Receipt, ReceiptSchema } from '@tidemark/proto';

/** What to do with the nth batch that comes (from 0): a receipt, an end of its stream, or nothing. */
export type Script = (nth: number, batch: Batch) => Partial<Receipt> | 'break' | 'silence';

/** A collector that does what a script says, and keeps every batch that came. */
export type ScriptedCollector = { readonly address: string; readonly batches: Batch[]; stop(): void };

export async function startScripted(script: Script): Promise<ScriptedCollector> {
  const batches: Batch[] = [];
  const server = new Server();
  const report = (stream: ServerDuplexStream<Buffer, Receipt>) => {
    stream.on('error', () => {});
    stream.on('end', () => stream.end());
    stream.on('data', (bytes: Buffer) => {
      const batch = fromBinary(BatchSchema, bytes);
      const answer = script(batches.push(batch) - 1, batch);
      if (answer === 'break') stream.emit('error', { code: 14, details: 'as the script says' });
      else if (answer !== 'silence') {
        const { sequence } = batch;
        stream.write(create(ReceiptSchema, { sequence, ...answer } as { sequence: bigint }));
      }
    });
  };
  const service = {
    report: { ...REPORT_METHOD, originalName: 'report', requestDeserialize: (bytes: Buffer) => bytes },
  };
  server.addService(service, { report } as UntypedServiceImplementation);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(error);
    });
  });
  return { address: `127.0.0.1:${port}`, batches, stop: () => server.forceShutdown() };
}
