/**
 * The parts of windows that this collector has written lately, so that a delta is added in memory and
 * a window is written whole. Bounded: what is least recently used goes first and is read back from
 * the store if its window is touched again.
 */
export class OpenParts<Part extends { readonly start: number }> {
  readonly #capacity: number;
  readonly #weightOf: (part: Part) => number;
  readonly #parts = new Map<string, Part>();
  /** Start of the newest window of which the store may hold a part that is not held here: up to it, absence proves nothing. */
  #lostUpTo = -Infinity;
  /** What the parts held weigh together. */
  #weight = 0;

  /** `weightOf` says how much of the capacity a part takes; it must answer the same for as long as the part is held. */
  constructor(capacity: number, weightOf: (part: Part) => number = () => 1) {
    this.#capacity = capacity;
    this.#weightOf = weightOf;
  }

  /** Parts held. */
  get size(): number {
    return this.#parts.size;
  }

  get(key: string): Part | undefined {
    return this.#parts.get(key);
  }

  /**
   * Hands out a part to be changed: it is held no more, and comes back by `adopt` when its change is committed. Whatever
   * goes wrong in between, `forget` has to be told.
   */
  take(key: string): Part | undefined {
    const part = this.#parts.get(key);
    if (part !== undefined) this.#drop(key, part);
    return part;
  }

  /** Whether a part, of the window that starts at `start`, that is not here may stand in the store. */
  mayBeStored(key: string, start: number): boolean {
    return start <= this.#lostUpTo && !this.#parts.has(key);
  }

  /** Takes over what has been committed. */
  adopt(parts: ReadonlyMap<string, Part>): void {
    for (const [key, part] of parts) {
      const before = this.#parts.get(key);
      if (before !== undefined) this.#drop(key, before);
      this.#parts.set(key, part);
      this.#weight += this.#weightOf(part);
    }
    for (const [key, part] of this.#parts) {
      if (this.#weight <= this.#capacity) return;
      this.#lose(key, part);
    }
  }

  /** Forgets parts of which it is not known whether the store has taken their newest form. */
  forget(parts: ReadonlyMap<string, Part>): void {
    for (const [key, part] of parts) this.#lose(key, part);
  }

  #lose(key: string, part: Part): void {
    const held = this.#parts.get(key);
    if (held !== undefined) this.#drop(key, held);
    this.#lostUpTo = Math.max(this.#lostUpTo, part.start);
  }

  #drop(key: string, held: Part): void {
    this.#parts.delete(key);
    this.#weight -= this.#weightOf(held);
  }
}
