import type { Call, CallWatch, Instead } from './call-watch.ts';

/**
 * A watch behind the shield: nothing it throws reaches the host, and `begin` may have failed. Each method has a wall of
 * its own without rest parameters, since all of them run at every call.
 */
export class ShieldedWatch {
  /** Whether `end` may answer something in the place of the result. */
  readonly replaces: boolean;
  /** Whether the last answer that was seen was a promise, as what takes the place of one should be. */
  promises = false;
  readonly #watch: CallWatch;
  readonly #failed: (error: unknown) => void;

  /** @param failed told of everything `watch` throws; must not throw itself. */
  constructor(watch: CallWatch, failed: (error: unknown) => void) {
    this.replaces = watch.replaces === true;
    this.#watch = watch;
    this.#failed = failed;
  }

  begin(args: readonly unknown[]): Call | undefined {
    try {
      return this.#watch.begin(args);
    } catch (error) {
      this.#failed(error);
      return undefined;
    }
  }

  end(call: Call, result: unknown, args: readonly unknown[], promised: boolean): Instead | undefined {
    try {
      return this.#watch.end(call, result, args, promised);
    } catch (error) {
      this.#failed(error);
      return undefined;
    }
  }

  fail(call: Call, error: unknown): void {
    try {
      this.#watch.fail(call, error);
    } catch (failure) {
      this.#failed(failure);
    }
  }

  lose(call: Call): void {
    try {
      this.#watch.lose(call);
    } catch (error) {
      this.#failed(error);
    }
  }
}
