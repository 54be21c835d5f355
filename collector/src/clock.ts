/** Tells the time in milliseconds since the epoch. */
export type Clock = { now(): number };

export const wallClock: Clock = Object.freeze({ now: () => Date.now() });

/** Milliseconds since some moment, for how long things take and are apart: it never goes back. */
export const monotonicNow = (): number => performance.now();

/**
 * A clock that data moves: it shows the start of the newest window that is stored, and never goes
 * back. With it the collector lives in the time of a replayed history: rules are judged as the
 * history goes by, however fast it is sent.
 */
export class DataClock implements Clock {
  #now = -Infinity;

  /** -Infinity while there is no data: then nothing is due yet. */
  now(): number {
    return this.#now;
  }

  /** Moves on to `time` (ms); an earlier time is ignored. */
  advance(time: number): void {
    if (time > this.#now) this.#now = time;
  }
}
