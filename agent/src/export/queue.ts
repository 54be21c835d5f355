import type { Delta, Owner } from './delta.ts';

/** A delta that waits. `ticket` is that of the first push it holds: what a flush waits for. */
export type Waiting<D> = { readonly delta: D; readonly ticket: number; bytes: number };

/**
 * Deltas that wait to be sealed into batches, first come first served. Deltas of the same window merge, so that a
 * collector which is away for long costs memory by window, not by flush. What must go, goes oldest first.
 */
export class DeltaQueue<D extends Delta<D>> {
  readonly #waiting = new Map<Owner, Map<number, Waiting<D>>>();
  readonly #order = new Set<Waiting<D>>();
  #bytes = 0;

  /** Estimated heap of all that waits. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Deltas that wait. */
  get size(): number {
    return this.#order.size;
  }

  get rows(): number {
    let rows = 0;
    for (const { delta } of this.#order) rows += delta.rows;
    return rows;
  }

  /** Ticket of the oldest delta; Infinity when nothing waits. */
  get oldestTicket(): number {
    return this.#peek()?.ticket ?? Number.POSITIVE_INFINITY;
  }

  push(delta: D, ticket: number): void {
    const windows = this.#waiting.get(delta.owner) ?? new Map<number, Waiting<D>>();
    this.#waiting.set(delta.owner, windows);
    const same = windows.get(delta.startMs);
    if (same !== undefined) {
      same.delta.merge(delta);
      this.#bytes -= same.bytes;
      same.bytes = same.delta.bytes;
      this.#bytes += same.bytes;
      return;
    }
    const waiting = { delta, ticket, bytes: delta.bytes };
    windows.set(delta.startMs, waiting);
    this.#order.add(waiting);
    this.#bytes += waiting.bytes;
  }

  /** Takes the oldest delta. */
  shift(): Waiting<D> | undefined {
    const first = this.#peek();
    if (first === undefined) return undefined;
    this.#order.delete(first);
    this.#bytes -= first.bytes;
    const windows = this.#waiting.get(first.delta.owner);
    windows?.delete(first.delta.startMs);
    if (windows?.size === 0) this.#waiting.delete(first.delta.owner);
    return first;
  }

  #peek(): Waiting<D> | undefined {
    return this.#order.values().next().value;
  }
}
