import type { Features, Predict } from './workload.ts';

/** One way to watch the same function. Each has a file, and so call sites, of its own. */
export type Variant = {
  readonly id: string;
  readonly label: string;
  /** Wraps `predict`; made once for the whole run. */
  start(predict: Predict): Promise<Watched>;
};

export type Watched = {
  /** Calls and awaits once for each of `features`, in a loop of its own. */
  calls(features: readonly Features[], times: number): Promise<void>;
  /** What is done now and then beside the calls, and is part of the cost: a drain, a flush. */
  now(): void;
  stop(): Promise<void>;
};
