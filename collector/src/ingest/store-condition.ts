import { readStoreError } from './store-error.ts';

/**
 * A fault that nobody has run into for so long, in ms, is not held against the store any more. While the collector counts as
 * not ready, balancers may send nobody who could find out; agents are told to stay away for half of this at the most.
 */
export const FAULT_HOLDS_MS = 60_000;

/** What ails the store, for people. */
export type StoreFault = { readonly reason: string };

/** Told when the store falls ill, of another illness, and (null) when it is well again; `error` is what it threw. */
export type OnStoreChange = (fault: StoreFault | null, error: unknown) => void;

/** How the store does, by the commits that were tried. */
export class StoreCondition {
  readonly #onChange: OnStoreChange;
  readonly #now: () => number;
  #fault: StoreFault | null = null;
  #failedAt = -Infinity;

  /** @param now ms by a clock that does not go back. */
  constructor(onChange: OnStoreChange = () => undefined, now: () => number = () => performance.now()) {
    this.#onChange = onChange;
    this.#now = now;
  }

  /** What keeps commits from happening; null = nothing that is known. */
  get fault(): StoreFault | null {
    return this.#now() - this.#failedAt <= FAULT_HOLDS_MS ? this.#fault : null;
  }

  /** For the readiness of the collector. */
  get health(): { readonly ok: boolean; readonly detail: string } {
    const { fault } = this;
    return fault === null ? { ok: true, detail: 'commits' } : { ok: false, detail: fault.reason };
  }

  /** Runs a commit and learns from what comes of it. */
  async watch<T>(commit: () => Promise<T>): Promise<T> {
    try {
      const result = await commit();
      this.#turn(null, undefined);
      return result;
    } catch (error) {
      const meaning = readStoreError(error);
      // A value at fault, or a transaction in the way, says nothing against the store.
      if (meaning.kind === 'fault') {
        this.#failedAt = this.#now();
        this.#turn({ reason: meaning.reason }, error);
      }
      throw error;
    }
  }

  #turn(fault: StoreFault | null, error: unknown): void {
    if (fault?.reason === this.#fault?.reason) return;
    this.#fault = fault;
    this.#onChange(fault, error);
  }
}
