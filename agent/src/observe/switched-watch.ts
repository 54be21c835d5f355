import type { Call, CallWatch, Instead } from './call-watch.ts';

/** A watch that can be turned off; calls that begin after that go bare. */
export class SwitchedWatch implements CallWatch {
  readonly replaces: boolean;
  readonly #watch: CallWatch;
  #on = true;

  constructor(watch: CallWatch) {
    this.replaces = watch.replaces === true;
    this.#watch = watch;
  }

  turnOff(): void {
    this.#on = false;
  }

  begin(args: readonly unknown[]): Call | undefined {
    return this.#on ? this.#watch.begin(args) : undefined;
  }

  end(call: Call, result: unknown, args: readonly unknown[], promised?: boolean): Instead | undefined {
    return this.#watch.end(call, result, args, promised);
  }

  fail(call: Call, error?: unknown): void {
    this.#watch.fail(call, error);
  }

  lose(call: Call): void {
    this.#watch.lose(call);
  }
}
