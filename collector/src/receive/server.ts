import { Server, ServerCredentials, status, type UntypedServiceImplementation } from '@grpc/grpc-js';
import { LIMITS, REPORT_METHOD } from '@tidemark/proto';
import { CollectorError, messageOf } from '../errors.ts';
import { admitWriter } from './admit.ts';
import { type Backlog, type ReportDesk, ReportSession, type ReportStream } from './report.ts';

/** The one service definition on this side. Requests stay bytes until the session has checked them. */
const SERVICE = {
  report: { ...REPORT_METHOD, originalName: 'report', requestDeserialize: (bytes: Buffer) => bytes },
} as const;

/** The gRPC side of the collector. */
export class ReceiveServer {
  readonly #server: Server;
  readonly #address: string;
  readonly #sessions = new Set<ReportSession>();
  readonly #backlog: Backlog = { bytes: 0 };
  #closing = false;
  #port: number | undefined;

  constructor(address: string, desk: ReportDesk) {
    this.#address = address;
    this.#server = new Server({
      'grpc.max_receive_message_length': LIMITS.maxBytes,
      'grpc.max_send_message_length': LIMITS.maxBytes,
      'grpc.keepalive_time_ms': 30_000,
      'grpc.keepalive_timeout_ms': 10_000,
    });
    const report = async (stream: ReportStream) => {
      const admission = await admitWriter(stream.metadata, desk.access);
      if (admission.kind === 'refused') {
        desk.log.warn({ peer: stream.getPeer(), reason: admission.details }, 'refused a stream');
        desk.observer?.turnedAway();
        stream.emit('error', { code: admission.code, details: admission.details });
        return;
      }
      if (this.#closing) {
        stream.emit('error', { code: status.UNAVAILABLE, details: 'the collector is stopping' });
        return;
      }
      if (stream.cancelled) return;
      const session = new ReportSession(stream, desk, admission.grant.projectId, this.#backlog);
      const unwatch = desk.access.watch(admission.grant, (reason) => session.refuse(status.UNAUTHENTICATED, reason));
      this.#sessions.add(session);
      for (const end of ['close', 'cancelled', 'finish']) {
        stream.on(end, () => {
          unwatch();
          this.#sessions.delete(session);
        });
      }
    };
    this.#server.addService(SERVICE, { report } as UntypedServiceImplementation);
  }

  /** Port in use; known after `start`. */
  get port(): number | undefined {
    return this.#port;
  }

  /** Streams of agents that are open. */
  get openStreams(): number {
    return this.#sessions.size;
  }

  /** Bytes of batches that wait for their commit. */
  get backlogBytes(): number {
    return this.#backlog.bytes;
  }

  /** @throws {CollectorError} `PORT_IN_USE`. */
  async start(): Promise<void> {
    this.#port = await new Promise<number>((resolve, reject) => {
      this.#server.bindAsync(this.#address, ServerCredentials.createInsecure(), (error, port) => {
        if (error === null) resolve(port);
        else {
          const text = `cannot listen for gRPC on ${this.#address}: ${messageOf(error)}. Is another collector running? Choose another address with the setting grpc.`;
          reject(new CollectorError('PORT_IN_USE', text, { cause: error }));
        }
      });
    });
  }

  /** Takes no new streams, gives every batch under way its receipt, then closes; forced after `timeoutMs`. */
  async stop(timeoutMs: number): Promise<void> {
    this.#closing = true;
    for (const session of this.#sessions) session.close();
    await new Promise<void>((resolve) => {
      const force = setTimeout(() => {
        this.#server.forceShutdown();
        resolve();
      }, timeoutMs);
      this.#server.tryShutdown(() => {
        clearTimeout(force);
        resolve();
      });
    });
  }
}
