/**
 * The parts of windows that this collector has written lately, so that a delta is added in memory and
 * a window is written whole. Bounded: what is least recently used goes first and is read back from
 * the store if its window is touched again.
 */
export class OpenParts<Part> {
  readonly #capacity: number;
  readonly #weightOf: (part: Part) => number;
  readonly #parts = new Map<string, Part>();
  /** True once a part that the store holds is not held here: then absence here proves nothing. */
  #incomplete = false;

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

  /** Whether a part that is not here may stand in the store. */
  mayBeStored(key: string): boolean {
    return this.#incomplete && !this.#parts.has(key);
  }

  /** Takes over what has been committed. */
  adopt(parts: ReadonlyMap<string, Part>): void {
    for (const [key, part] of parts) {
      this.#drop(key);
      this.#parts.set(key, part);
      this.#weight += this.#weightOf(part);
    }
    for (const key of this.#parts.keys()) {
      if (this.#weight <= this.#capacity) return;
      this.#drop(key);
      this.#incomplete = true;
    }
  }

  /** Forgets parts of which it is not known whether the store has taken their newest form. */
  forget(keys: Iterable<string>): void {
    for (const key of keys) this.#drop(key);
    this.#incomplete = true;
  }

  #drop(key: string): void {
    const part = this.#parts.get(key);
    if (part === undefined) return;
    this.#parts.delete(key);
    this.#weight -= this.#weightOf(part);
  }
}
