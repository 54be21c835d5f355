import { Client, type ClientDuplexStream, credentials } from '@grpc/grpc-js';
import { LIMITS, REPORT_METHOD, type Receipt, Receipt_Status } from '@tidemark/proto';
import type { PreparedBatch } from './fleet.ts';

/** One agent's connection: sends bytes as they are, and tells how long each batch waited for its receipt. */
export class AgentStream {
  readonly #client: Client;
  readonly #stream: ClientDuplexStream<Buffer, Receipt>;
  readonly #sentAt = new Map<bigint, number>();
  /** From sending to receipt, of every batch that has one. */
  readonly latenciesMs: number[] = [];
  #fail: (error: Error) => void = () => undefined;
  #room: () => void = () => undefined;

  private constructor(client: Client) {
    this.#client = client;
    this.#stream = client.makeBidiStreamRequest(
      REPORT_METHOD.path,
      (bytes: Buffer) => bytes,
      REPORT_METHOD.responseDeserialize,
    );
    this.#stream.on('data', (receipt: Receipt) => this.#take(receipt));
    this.#stream.on('error', (error) => this.#fail(error));
  }

  /** Connects; agents do not share a connection. */
  static async open(address: string): Promise<AgentStream> {
    const client = new Client(address, credentials.createInsecure(), { 'grpc.use_local_subchannel_pool': 1 });
    await new Promise<void>((resolve, reject) => {
      client.waitForReady(Date.now() + 10_000, (error) => (error ? reject(error) : resolve()));
    });
    return new AgentStream(client);
  }

  /** Sends a batch as soon as fewer than the allowed number are without a receipt. @throws what became of the stream. */
  async send({ sequence, bytes }: PreparedBatch): Promise<void> {
    while (this.#sentAt.size >= LIMITS.maxUnacknowledged) await this.#next();
    this.#sentAt.set(sequence, performance.now());
    this.#stream.write(bytes);
  }

  /** Resolves when every batch has its receipt. */
  async settle(): Promise<void> {
    while (this.#sentAt.size > 0) await this.#next();
  }

  close(): void {
    this.#stream.on('error', () => undefined);
    this.#stream.end();
    this.#client.close();
  }

  #next(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#room = resolve;
      this.#fail = reject;
    });
  }

  #take({ sequence, status, refusals }: Receipt): void {
    // Whatever is not taken whole would be time that was measured for nothing.
    if (status !== Receipt_Status.ACCEPTED || refusals.length > 0) {
      this.#fail(new Error(`batch ${sequence} came back with status ${status}: ${refusals[0]?.message ?? ''}`));
      return;
    }
    this.latenciesMs.push(performance.now() - this.#sentAt.get(sequence)!);
    this.#sentAt.delete(sequence);
    this.#room();
  }
}
