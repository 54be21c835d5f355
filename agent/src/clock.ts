/** Event time for calls that bring none. Milliseconds since the epoch. */
export type Clock = { now(): number };

// Date's own range; beyond it a time names no day.
const LAST_MS = 8.64e15;

/** Whether `value` is a time the agent can file a call under: from 1970 to the end of Date's range. */
export function isTime(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= LAST_MS;
}

/** The wall clock of this machine in whole milliseconds; 0 where the host has put something else in its place. */
export const WALL_CLOCK: Clock = Object.freeze({
  now: () => {
    const now = Date.now();
    return isTime(now) ? Math.floor(now) : 0;
  },
});
