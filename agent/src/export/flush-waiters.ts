type Waiter = { readonly done: () => boolean; readonly finish: () => void };

// A timer set for longer goes off at once.
const LONGEST_MS = 2 ** 31 - 1;

/** Flushes under way. Their timers are not unref'd: somebody waits for them. */
export class FlushWaiters {
  readonly #waiters = new Set<Waiter>();

  /** Resolves once `done` holds at a `check`, or after `timeoutMs`. */
  until(done: () => boolean, timeoutMs: number): Promise<void> {
    if (done()) return Promise.resolve();
    return new Promise((resolve) => {
      const finish = () => {
        clearTimeout(timer);
        this.#waiters.delete(waiter);
        resolve();
      };
      const waiter: Waiter = { done, finish };
      const timer = setTimeout(finish, Math.min(timeoutMs, LONGEST_MS));
      this.#waiters.add(waiter);
    });
  }

  /** Something was answered. */
  check(): void {
    for (const { done, finish } of [...this.#waiters]) if (done()) finish();
  }
}
