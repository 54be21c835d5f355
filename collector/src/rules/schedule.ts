/** Ticks that are due, ascending, and whether more are waiting behind the cap. */
export type DueTicks = { readonly ticks: readonly number[]; readonly more: boolean };

/** What a group asks of time; all in milliseconds. */
export type Cadence = { readonly intervalMs: number; readonly queryOffsetMs: number };

/**
 * The ticks after `lastTick` whose data is in: multiples of the interval that lie at least `queryOffsetMs` before the
 * watermark, oldest first, at most `cap` of them. Without a last tick it begins with the newest one that is due.
 * The watermark is event time up to which windows are complete, so catching up gives the ticks that live running gave.
 */
export function dueTicks(lastTick: number | null, watermark: number, cadence: Cadence, cap = 100): DueTicks {
  const { intervalMs, queryOffsetMs } = cadence;
  if (!(intervalMs > 0)) throw new RangeError(`expected an interval above 0 ms, got ${intervalMs}`);
  const newest = tickBefore(watermark - queryOffsetMs, intervalMs);
  let next = lastTick === null ? newest : tickBefore(lastTick, intervalMs) + intervalMs;
  const ticks: number[] = [];
  while (next <= newest && ticks.length < cap) {
    ticks.push(next);
    next += intervalMs;
  }
  return { ticks, more: next <= newest };
}

/** The last tick at or before a time. */
export function tickBefore(time: number, intervalMs: number): number {
  return Math.floor(time / intervalMs) * intervalMs;
}
