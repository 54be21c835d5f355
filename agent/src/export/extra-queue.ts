import type { Owner } from './delta.ts';

/** An event or outcome that waits, encoded as a field of a batch. `ticket` is that of its push. */
export type Extra = { readonly owner: Owner; readonly bytes: Uint8Array; readonly ticket: number };

// Object, view and place in the set beside the bytes themselves, generously.
const OVERHEAD_BYTES = 200;

/** Events or outcomes that wait to be sealed, first come first served, within a budget of heap. */
export class ExtraQueue {
  readonly #maxBytes: number;
  readonly #waiting = new Set<Extra>();
  #bytes = 0;

  /** @param maxBytes of heap. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** Estimated heap of all that waits. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Ticket of the oldest; Infinity when nothing waits. */
  get oldestTicket(): number {
    return this.peek()?.ticket ?? Number.POSITIVE_INFINITY;
  }

  /** Whether one more of so many encoded bytes is within the budget. */
  hasRoomFor(bytes: number): boolean {
    return this.#bytes + bytes + OVERHEAD_BYTES <= this.#maxBytes;
  }

  push(extra: Extra): void {
    this.#waiting.add(extra);
    this.#bytes += extra.bytes.length + OVERHEAD_BYTES;
  }

  peek(): Extra | undefined {
    return this.#waiting.values().next().value;
  }

  /** Takes the oldest. */
  shift(): Extra | undefined {
    const first = this.peek();
    if (first === undefined) return undefined;
    this.#waiting.delete(first);
    this.#bytes -= first.bytes.length + OVERHEAD_BYTES;
    return first;
  }
}
