import { AnchoredClock, type Clock, isTime, monotonicMs, WALL_CLOCK } from '../clock.ts';
import { hush } from '../shield.ts';
import type { Roller } from '../window/roller.ts';
import type { WindowRecord } from '../window/window-record.ts';
import type { Around } from './around.ts';
import type { Latency } from './latency.ts';
import type { ModelVersion } from './model-version.ts';
import type { Role } from './role.ts';

export type { Role } from './role.ts';

/** A window of one model version. */
export type Window = WindowRecord<ModelVersion>;

/** How one wrapped thing counts: for which version, as what, and where its latency goes. */
export type Counting = { readonly version: ModelVersion; readonly role: Role; readonly latency: Latency };

/** Finished calls become rows here; keeps the first term of captured = sent + dropped + pending. */
export class Capture {
  readonly #roller: Roller<ModelVersion>;
  /** Who else is to hear of the calls that are captured. */
  readonly around: Around;
  readonly #clock: Clock;
  readonly #wall = new AnchoredClock();
  #captured = 0;
  #stopped = false;

  constructor(roller: Roller<ModelVersion>, clock: Clock, around: Around = {}) {
    this.#roller = roller;
    this.around = around;
    this.#clock = clock;
  }

  /** Inferences that came to an end since the start. */
  get captured(): number {
    return this.#captured;
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  /** From here on everything that ends is the loss `stopped`. */
  stop(): void {
    this.#stopped = true;
  }

  /**
   * Event time by the agent's clock, or by the wall clock where that one fails.
   * @param readMs what `monotonicMs` has just said.
   */
  now(readMs: number = monotonicMs()): number {
    if (this.#clock === WALL_CLOCK) return this.#wall.at(readMs);
    try {
      const now = this.#clock.now();
      if (isTime(now)) return now;
      hush(now);
    } catch {
      // A clock of the caller's that throws is as good as none.
    }
    return WALL_CLOCK.now();
  }

  /** The open window that a call is filed under. */
  window(version: ModelVersion, atMs: number): Window {
    return this.#roller.at(version, atMs);
  }

  /** Counts a call that has ended: `rows` inferences, all failed or none, and how long they took together. */
  finish(counting: Counting, atMs: number, rows: number, failed: boolean, latencyMs?: number): void {
    const { version, role, latency } = counting;
    if (this.#stopped) {
      const inferences = role === 'inference' ? rows : 0;
      this.#captured += inferences;
      version.losses.add(version, 'stopped', inferences);
      return;
    }
    const window = this.#roller.at(version, atMs);
    this.count(counting, window, rows, failed);
    if (latencyMs === undefined) return;
    latency.record(window, latencyMs);
    this.around.finished?.(version, role, latencyMs, failed);
  }

  /** Counts inferences that have ended into their window, while the agent runs. */
  count({ role }: Counting, window: Window, rows: number, failed: boolean): void {
    if (role !== 'inference') return;
    this.#captured += rows;
    window.rows += rows;
    if (failed) window.errors += rows;
  }
}
