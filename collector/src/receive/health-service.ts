import {
  type handleServerStreamingCall,
  type handleUnaryCall,
  type Server,
  type ServerWritableStream,
  status,
} from '@grpc/grpc-js';
import { CollectorService } from '@tidemark/proto';
import {
  decodeHealthRequest,
  encodeHealthResponse,
  type HealthRequest,
  SERVING_STATUS,
  type ServingStatus,
} from './health-codec.ts';

/** Whether the collector can do its work. */
export type IsReady = () => Promise<boolean>;

type Watcher = ServerWritableStream<HealthRequest, ServingStatus>;

/** How often those who watch hear of a change, ms. */
const LOOK_EVERY_MS = 2_000;
/** How long an answer is good for, ms: anybody may ask, and every look asks the store. */
const FRESH_MS = 500;

/** Names that are asked for: the server as a whole, and what agents call. */
const SERVICES: ReadonlySet<string> = new Set(['', CollectorService.typeName]);

/** Answers whether the collector is ready, to anybody: balancers and orchestrators have no token. */
export class HealthService {
  readonly #isReady: IsReady;
  readonly #lookEveryMs: number;
  /** Who watches, and what was told last. */
  readonly #watchers = new Map<Watcher, ServingStatus>();
  #timer: NodeJS.Timeout | undefined;
  #answer: Promise<boolean> | undefined;
  #stopping = false;

  constructor(isReady: IsReady, lookEveryMs = LOOK_EVERY_MS) {
    this.#isReady = isReady;
    this.#lookEveryMs = lookEveryMs;
  }

  /** Puts the two methods of `grpc.health.v1.Health` up. */
  addTo(server: Server): void {
    const [to, from] = [encodeHealthResponse, decodeHealthRequest] as const;
    server.register('/grpc.health.v1.Health/Check', this.#check, to, from, 'unary');
    server.register('/grpc.health.v1.Health/Watch', this.#watch, to, from, 'serverStream');
  }

  readonly #check: handleUnaryCall<HealthRequest, ServingStatus> = (call, callback) => {
    if (SERVICES.has(call.request.service)) void this.#status().then((now) => callback(null, now));
    else callback({ code: status.NOT_FOUND, details: 'no such service here' });
  };

  readonly #watch: handleServerStreamingCall<HealthRequest, ServingStatus> = (call) => {
    if (!SERVICES.has(call.request.service)) {
      // By the protocol the stream stays open: the service could come.
      call.write(SERVING_STATUS.SERVICE_UNKNOWN);
    }
    if (this.#stopping) return this.#end(call);
    this.#watchers.set(call, SERVING_STATUS.SERVICE_UNKNOWN);
    for (const end of ['close', 'cancelled', 'finish']) call.on(end, () => this.#forget(call));
    this.#timer ??= setInterval(() => void this.#look(), this.#lookEveryMs).unref();
    void this.#look();
  };

  /** Tells everybody that this is over, and ends their streams. */
  stop(): void {
    this.#stopping = true;
    clearInterval(this.#timer);
    for (const call of [...this.#watchers.keys()]) this.#end(call);
  }

  async #look(): Promise<void> {
    const now = await this.#status();
    if (this.#stopping) return;
    for (const [call, told] of this.#watchers) {
      if (told === now || !SERVICES.has(call.request.service)) continue;
      this.#watchers.set(call, now);
      call.write(now);
    }
  }

  async #status(): Promise<ServingStatus> {
    if (this.#stopping) return SERVING_STATUS.NOT_SERVING;
    this.#answer ??= this.#ask();
    return (await this.#answer) ? SERVING_STATUS.SERVING : SERVING_STATUS.NOT_SERVING;
  }

  async #ask(): Promise<boolean> {
    try {
      return await this.#isReady();
    } catch {
      return false;
    } finally {
      setTimeout(() => {
        this.#answer = undefined;
      }, FRESH_MS).unref();
    }
  }

  #end(call: Watcher): void {
    if (SERVICES.has(call.request.service)) call.write(SERVING_STATUS.NOT_SERVING);
    call.emit('error', { code: status.UNAVAILABLE, details: 'the collector is stopping' });
  }

  #forget(call: Watcher): void {
    this.#watchers.delete(call);
    if (this.#watchers.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
