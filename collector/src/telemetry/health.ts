/** One thing that must hold for the collector to do its work. */
export type HealthCheck = { readonly name: string; readonly ok: boolean; readonly detail: string };

/** How long an answer is waited for, in ms; a database that takes longer is not ready. */
const PATIENCE_MS = 2_000;

/** Asks whether the collector can do its work. Everything it needs is passed in. */
export class Health {
  readonly #askStore: () => Promise<unknown>;
  readonly #judging: () => { readonly ok: boolean; readonly detail: string };
  #stopping = false;

  constructor(askStore: () => Promise<unknown>, judging: () => { readonly ok: boolean; readonly detail: string }) {
    this.#askStore = askStore;
    this.#judging = judging;
  }

  /** From now on not ready, so that balancers send nobody here any more. */
  stopping(): void {
    this.#stopping = true;
  }

  async check(): Promise<HealthCheck[]> {
    return [
      { name: 'running', ok: !this.#stopping, detail: this.#stopping ? 'the collector is stopping' : 'started' },
      { name: 'store', ...(await this.#checkStore()) },
      { name: 'judging', ...this.#judging() },
    ];
  }

  async #checkStore(): Promise<{ ok: boolean; detail: string }> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer within ${PATIENCE_MS} ms`)), PATIENCE_MS);
    });
    try {
      await Promise.race([this.#askStore(), late]);
      return { ok: true, detail: 'answers' };
    } catch (error) {
      return { ok: false, detail: error instanceof Error ? error.message : String(error) };
    } finally {
      clearTimeout(timer);
    }
  }
}
