/**
 * The parts of windows that this collector has written lately, so that a delta is added in memory and
 * a window is written whole. Bounded: what is least recently used goes first and is read back from
 * the store if its window is touched again.
 */
export class OpenParts<Part> {
  readonly #capacity: number;
  readonly #parts = new Map<string, Part>();
  /** True once a part that the store holds is not held here: then absence here proves nothing. */
  #incomplete = false;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get(key: string): Part | undefined {
    return this.#parts.get(key);
  }

  /** Whether a part that is not here may stand in the store. */
  mayBeStored(key: string): boolean {
    return this.#incomplete && !this.#parts.has(key);
  }

  /** Takes over what has been committed. */
  adopt(parts: ReadonlyMap<string, Part>): void {
    for (const [key, part] of parts) {
      this.#parts.delete(key);
      this.#parts.set(key, part);
    }
    for (const key of this.#parts.keys()) {
      if (this.#parts.size <= this.#capacity) return;
      this.#parts.delete(key);
      this.#incomplete = true;
    }
  }

  /** Forgets parts of which it is not known whether the store has taken their newest form. */
  forget(keys: Iterable<string>): void {
    for (const key of keys) this.#parts.delete(key);
    this.#incomplete = true;
  }
}
