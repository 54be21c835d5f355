type Waiter = { readonly done: () => boolean; readonly finish: (answered: boolean) => void };

/** Flushes under way. Their timers are not unref'd: somebody waits for them. */
export class FlushWaiters {
  readonly #waiters = new Set<Waiter>();

  /** Resolves to true once `done` holds at a `check`, to false after `timeoutMs`. */
  until(done: () => boolean, timeoutMs: number): Promise<boolean> {
    if (done()) return Promise.resolve(true);
    return new Promise((resolve) => {
      const finish = (answered: boolean) => {
        clearTimeout(timer);
        this.#waiters.delete(waiter);
        resolve(answered);
      };
      const waiter: Waiter = { done, finish };
      const timer = setTimeout(() => finish(done()), timeoutMs);
      this.#waiters.add(waiter);
    });
  }

  /** Something was answered. */
  check(): void {
    for (const { done, finish } of [...this.#waiters]) if (done()) finish(true);
  }
}
