/**
 * How long the agent's own work outside of wrapped calls has taken: draining windows, packing and sending batches,
 * reading receipts. Wall time of synchronous work by `performance.now`, which on a thread that is not interrupted is
 * its CPU time; what gRPC does later by itself (TLS, sockets) is not in it.
 */
export class WorkTime {
  #ms = 0;
  #depth = 0;

  /** Milliseconds so far. */
  get ms(): number {
    return this.#ms;
  }

  /** Does `work` and adds its time; work within work is counted once. */
  measure<T>(work: () => T): T {
    if (this.#depth > 0) return work();
    const start = performance.now();
    this.#depth++;
    try {
      return work();
    } finally {
      this.#depth--;
      this.#ms += performance.now() - start;
    }
  }
}
