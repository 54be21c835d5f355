/**
 * What the caller gets in the place of the function's own answer: run outside of the agent's shield, since it is the
 * caller's own fallback or the refusal the caller asked for. What it returns or throws reaches the caller as it is.
 */
export type Instead = () => unknown;

/** One call under way: the event time it is filed under, when it began, and how many inferences it is. */
export type Call = {
  readonly atMs: number;
  readonly startedMs: number;
  readonly rows: number;
  /** What the watch itself remembers of the call. */
  readonly notes?: unknown;
  /** The function is not called, this is; the watch has counted the call already and hears no more of it. */
  readonly instead?: Instead | undefined;
};

/**
 * What looks at the calls of one wrapped function. `begin` runs before the function and copies what it needs, since
 * callers use their buffers again; without a call it returns, the function runs bare. Else exactly one of the others follows, after the caller has the result.
 */
export interface CallWatch {
  /** Whether `end` may answer something: then promises are followed, so that the answer can reach the caller. */
  readonly replaces?: boolean;
  begin(args: readonly unknown[]): Call | undefined;
  /**
   * @param promised whether the caller waits for a promise, and so can be made to wait for what `end` answers.
   * @returns what the caller gets instead of the result; undefined for the result itself.
   */
  end(call: Call, result: unknown, args: readonly unknown[], promised?: boolean): Instead | undefined;
  fail(call: Call, error?: unknown): void;
  /** The call ended in something that cannot be looked at without the risk of starting it. */
  lose(call: Call): void;
}
