/** A moment that something has until. */
export type Deadline = {
  /** It was in time. */
  cancel(): void;
  /** A caller waits for it: the process must not end before. */
  hold(): void;
};

/** Calls `late` after `ms`, unless it is cancelled; by itself it does not keep the process alive. */
export type SetDeadline = (ms: number, late: () => void) => Deadline;

/** Deadlines by the timers of this process. */
export const setDeadline: SetDeadline = (ms, late) => {
  const timer = setTimeout(late, ms);
  timer.unref();
  return { cancel: () => clearTimeout(timer), hold: () => void timer.ref() };
};
