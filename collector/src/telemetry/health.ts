/** One thing that must hold for the collector to do its work. */
export type HealthCheck = { readonly name: string; readonly ok: boolean; readonly detail: string };

/** How long an answer is waited for, in ms; a database that takes longer is not ready. */
const PATIENCE_MS = 2_000;

/** How one part of the collector does. */
export type Condition = { readonly ok: boolean; readonly detail: string };

/** Asks whether the collector can do its work. Everything it needs is passed in. */
export class Health {
  readonly #askStore: () => Promise<unknown>;
  readonly #judging: () => Condition;
  readonly #ingest: () => Condition;
  #stopping = false;

  /**
   * @param ingest whether commits happen: a store may answer, and yet be full or read-only.
   */
  constructor(
    askStore: () => Promise<unknown>,
    judging: () => Condition,
    ingest: () => Condition = () => ({ ok: true, detail: 'commits' }),
  ) {
    this.#askStore = askStore;
    this.#judging = judging;
    this.#ingest = ingest;
  }

  /** From now on not ready, so that balancers send nobody here any more. */
  stopping(): void {
    this.#stopping = true;
  }

  async check(): Promise<HealthCheck[]> {
    return [
      { name: 'running', ok: !this.#stopping, detail: this.#stopping ? 'the collector is stopping' : 'started' },
      { name: 'store', ...(await this.#checkStore()) },
      { name: 'ingest', ...this.#ingest() },
      { name: 'judging', ...this.#judging() },
    ];
  }

  async #checkStore(): Promise<Condition> {
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
