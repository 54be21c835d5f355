import { Server, ServerCredentials, status, type UntypedServiceImplementation } from '@grpc/grpc-js';
import { LIMITS, REPORT_METHOD } from '@tidemark/proto';
import { CollectorError, messageOf } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { CertificateSource } from '../tls/renewed-certificates.ts';
import { admitWriter } from './admit.ts';
import { Backlog } from './backlog.ts';
import { CallWatch } from './call-watch.ts';
import { HealthService, type IsReady } from './health-service.ts';
import { DEFAULT_LIMITS, type ReceiveLimits } from './limits.ts';
import { Listener } from './listener.ts';
import { type ReportDesk, ReportSession, type ReportStream } from './report.ts';
import { WatchedCall } from './watched-call.ts';

/** The one service definition on this side. Requests stay bytes until the session has checked them. */
const SERVICE = {
  report: { ...REPORT_METHOD, originalName: 'report', requestDeserialize: (bytes: Buffer) => bytes },
} as const;

/** How a server differs from one that is plain, always ready, and bounded as usual. */
export type ReceiveOptions = {
  /** Looked at for others from the start to the stop of the server. */
  readonly tls?: CertificateSource | undefined;
  readonly isReady?: IsReady | undefined;
  readonly limits?: Partial<ReceiveLimits> | undefined;
  /** What waits for its commit. */
  readonly backlog?: Backlog | undefined;
  /** How often those who watch the health hear of a change, ms. */
  readonly healthEveryMs?: number | undefined;
};

function logFull(log: Logger, isFull: boolean): void {
  if (isFull) log.warn('too much waits for the store; agents keep what they have until there is room');
  else log.info('there is room again for what waits for the store');
}

/** The gRPC side of the collector. */
export class ReceiveServer {
  readonly #server: Server;
  readonly #address: string;
  readonly #limits: ReceiveLimits;
  readonly #listener: Listener;
  readonly #tls: CertificateSource | undefined;
  readonly #calls: CallWatch;
  readonly #health: HealthService;
  readonly #sessions = new Set<ReportSession>();
  readonly #backlog: Backlog;
  #sweeps: NodeJS.Timeout | undefined;
  #closing = false;
  #port: number | undefined;

  constructor(address: string, desk: ReportDesk, options: ReceiveOptions = {}) {
    const limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.#address = address;
    this.#backlog = options.backlog ?? new Backlog({ onFull: (isFull) => logFull(desk.log, isFull) });
    this.#limits = limits;
    this.#tls = options.tls;
    this.#calls = new CallWatch(limits, desk.log, ({ remoteAddress, remotePort }) =>
      this.#listener.noteCall(remoteAddress, remotePort),
    );
    this.#server = new Server({
      'grpc.max_receive_message_length': LIMITS.maxBytes,
      'grpc.max_send_message_length': LIMITS.maxBytes,
      'grpc.max_concurrent_streams': limits.maxStreamsPerConnection,
      'grpc.keepalive_time_ms': limits.keepaliveMs,
      'grpc.keepalive_timeout_ms': limits.keepaliveTimeoutMs,
      'grpc.max_connection_idle_ms': limits.idleMs,
      interceptors: [(_method, call) => new WatchedCall(call, this.#calls)],
    });
    // TLS is ended before gRPC, so to gRPC every connection is plain.
    const injector = this.#server.createConnectionInjector(ServerCredentials.createInsecure());
    const onConnection = injector.injectConnection;
    this.#listener = new Listener({ limits, tls: options.tls, onConnection, log: desk.log });
    this.#health = new HealthService(options.isReady ?? (async () => true), options.healthEveryMs);
    const report = (stream: ReportStream) => this.#report(stream, desk);
    this.#server.addService(SERVICE, { report } as UntypedServiceImplementation);
    this.#health.addTo(this.#server);
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

  /** What is open: connections, and memory of messages that were begun and are not complete. */
  get load(): { readonly connections: number; readonly unfinishedBytes: number } {
    return { connections: this.#listener.size, unfinishedBytes: this.#calls.unfinishedBytes };
  }

  /** @throws {CollectorError} `PORT_IN_USE`. */
  async start(): Promise<void> {
    try {
      this.#port = await this.#listener.listen(this.#address);
    } catch (error) {
      const text = `cannot listen for gRPC on ${this.#address}: ${messageOf(error)}. Is another collector running? Choose another address with the setting grpc.`;
      throw new CollectorError('PORT_IN_USE', text, { cause: error });
    }
    this.#tls?.start();
    this.#sweeps = setInterval(() => {
      this.#listener.sweep(performance.now());
      this.#calls.sweep();
    }, this.#limits.sweepMs).unref();
  }

  /** Takes no new streams, gives every batch under way its receipt, then closes; forced after `timeoutMs`. */
  async stop(timeoutMs: number): Promise<void> {
    this.#closing = true;
    const closed = this.#listener.close();
    this.#health.stop();
    for (const session of this.#sessions) session.close();
    // Tells every connection to end when its streams have; that they have ended only the listener knows.
    this.#server.tryShutdown(() => undefined);
    const force = setTimeout(() => {
      this.#server.forceShutdown();
      this.#listener.destroy();
    }, timeoutMs);
    await closed;
    clearTimeout(force);
    clearInterval(this.#sweeps);
    this.#tls?.stop();
  }

  async #report(stream: ReportStream, desk: ReportDesk): Promise<void> {
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
    const session = new ReportSession(stream, desk, admission.grant.projectId, {
      backlog: this.#backlog,
      streams: () => this.#sessions.size,
    });
    const unwatch = desk.access.watch(admission.grant, (reason) => session.refuse(status.UNAUTHENTICATED, reason));
    this.#sessions.add(session);
    for (const end of ['close', 'cancelled', 'finish']) {
      stream.on(end, () => {
        unwatch();
        this.#sessions.delete(session);
      });
    }
  }
}
