/** One call under way: the event time it is filed under, when it began, and how many inferences it is. */
export type Call = { readonly atMs: number; readonly startedMs: number; readonly rows: number };

/**
 * What looks at the calls of one wrapped function. `begin` runs before the function and copies what it needs, since
 * callers use their buffers again; without a call it returns, the function runs bare. Else exactly one of the others follows, after the caller has the result.
 */
export interface CallWatch {
  begin(args: readonly unknown[]): Call | undefined;
  end(call: Call, result: unknown, args: readonly unknown[]): void;
  fail(call: Call): void;
  /** The call ended in something that cannot be looked at without the risk of starting it. */
  lose(call: Call): void;
}
