import { type WindowOwner, WindowRecord } from './window-record.ts';

/** Where calls come in the order of time, the last window with any is at most so many widths behind the clock. */
const LIVE_WIDTHS = 2;

/**
 * Tells windows in which nothing was served: a version that served before, and has nothing in the window that has just ended,
 * leaves it empty, so that the collector can tell a quiet model from an agent that is no more. Versions that are fed old
 * times, as replays are, leave none; nor is a time told in which this process stood still.
 */
export class IdleWindows<O extends WindowOwner = WindowOwner> {
  readonly #widthMs: number;
  /** Start of the last window of each version that serves. */
  readonly #latest = new Map<O, number>();

  constructor(widthMs: number) {
    this.#widthMs = widthMs;
  }

  /** Takes note of a window on its way to the collector. */
  note({ owner, startMs }: WindowRecord<O>, nowMs: number): void {
    const isLive = startMs >= this.#startOf(nowMs) - LIVE_WIDTHS * this.#widthMs && startMs <= nowMs;
    if (isLive && startMs > (this.#latest.get(owner) ?? -Infinity)) this.#latest.set(owner, startMs);
  }

  /** The empty windows to send: the last that has ended, of each version that has none there. */
  take(nowMs: number): WindowRecord<O>[] {
    const endedMs = this.#startOf(nowMs) - this.#widthMs;
    const idle: WindowRecord<O>[] = [];
    for (const [owner, startMs] of this.#latest) {
      if (startMs >= endedMs) continue;
      this.#latest.set(owner, endedMs);
      idle.push(new WindowRecord(owner, endedMs, this.#widthMs));
    }
    return idle;
  }

  #startOf(atMs: number): number {
    return Math.floor(atMs / this.#widthMs) * this.#widthMs;
  }
}
