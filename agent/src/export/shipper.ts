import { hush } from '../shield.ts';
import type { WorkTime } from '../work-time.ts';
import type { Delta } from './delta.ts';
import type { Exporter, FlushResult, FlushWait } from './exporter.ts';

/** How long `flush` and `stop` wait when the caller names no time. */
export const FLUSH_TIMEOUT_MS = 5_000;

/** Options of `flush` and `stop`. */
export type FlushOptions = { readonly timeoutMs?: number };

/** Moves open windows into the exporter, on a timer that does not keep the process alive, and when asked. */
export class Shipper<D extends Delta<D>> {
  readonly #exporter: Exporter<D>;
  readonly #drain: () => readonly D[];
  readonly #intervalMs: number;
  readonly #work: WorkTime;
  #timer: NodeJS.Timeout | undefined;
  #stopping: Promise<FlushResult> | undefined;

  /** @param drain takes what is open. */
  constructor(exporter: Exporter<D>, drain: () => readonly D[], intervalMs: number, work: WorkTime) {
    this.#exporter = exporter;
    this.#work = work;
    this.#drain = drain;
    this.#intervalMs = intervalMs;
  }

  start(): void {
    if (this.#stopping !== undefined) return;
    this.#timer ??= setInterval(() => {
      this.#take();
      this.#exporter.sendAll();
    }, this.#intervalMs).unref();
  }

  /** Resolves when everything recorded before the call is acknowledged, or after `timeoutMs`. */
  flush(options?: FlushOptions): Promise<FlushResult> {
    this.#take();
    return this.#exporter.flush({ timeoutMs: timeoutOf(options) });
  }

  /** As `flush`, for the end of the process: what has no receipt afterwards does not hold it up any longer. */
  async lastFlush(wait: FlushWait): Promise<FlushResult> {
    this.#take();
    const result = await this.#exporter.flush(wait);
    if (!result.delivered) this.#exporter.letGo();
    return result;
  }

  /** Flushes and closes; what is not acknowledged by then is lost and counted. Every call gets the same answer. */
  stop(options?: FlushOptions): Promise<FlushResult> {
    if (this.#stopping === undefined) {
      clearInterval(this.#timer);
      this.#take();
      this.#stopping = this.#exporter.stop({ timeoutMs: timeoutOf(options) });
    }
    return this.#stopping;
  }

  /** The process ends now: spools what has no receipt, before it returns. */
  leave(): void {
    if (this.#stopping === undefined) this.#take();
    this.#exporter.leave();
  }

  #take(): void {
    this.#work.measure(() => {
      for (const delta of this.#drain()) this.#exporter.push(delta);
    });
  }
}

/** These are called where nothing may throw, so that wrong options are none. */
function timeoutOf(options: unknown): number {
  const { timeoutMs } = Object(options ?? {}) as { timeoutMs?: unknown };
  hush(timeoutMs);
  return typeof timeoutMs === 'number' && !Number.isNaN(timeoutMs) ? Math.max(0, timeoutMs) : FLUSH_TIMEOUT_MS;
}
