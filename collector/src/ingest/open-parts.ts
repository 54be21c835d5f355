/**
 * A part is let go of when it has been left alone for so long, ms, and its model version has come so many windows further: what
 * is late is read back. Agents that catch up come to theirs again sooner.
 */
const LEFT_ALONE_MS = 2_000;
const WINDOWS_BEHIND = 3;

/** What a part says of its place; times in ms. */
export type OpenPart = { readonly versionId: number; readonly widthMs: number; readonly start: number };

type Held<Part> = { readonly part: Part; readonly since: number };

/** Of a model version: start of its newest window, and of the newest of which the store may hold a part that is not held here. */
type Progress = { newest: number; lostUpTo: number };

/**
 * The parts of windows that this collector has written lately, so that a delta is added in memory and
 * a window is written whole. Bounded: what nobody needs any more goes, and where there is no room what is least recently used;
 * it is read back from the store if its window is touched again.
 */
export class OpenParts<Part extends OpenPart> {
  readonly #capacity: number;
  readonly #weightOf: (part: Part) => number;
  readonly #now: () => number;
  readonly #parts = new Map<string, Held<Part>>();
  readonly #progress = new Map<number, Progress>();
  /** What the parts held weigh together. */
  #weight = 0;
  #sweptAt = -Infinity;

  /**
   * `weightOf` says how much of the capacity a part takes; it must answer the same for as long as the part is held.
   * @param now in ms, by any clock that does not go back.
   */
  constructor(capacity: number, now: () => number, weightOf: (part: Part) => number = () => 1) {
    this.#capacity = capacity;
    this.#now = now;
    this.#weightOf = weightOf;
  }

  /** Parts held. */
  get size(): number {
    return this.#parts.size;
  }

  get(key: string): Part | undefined {
    return this.#parts.get(key)?.part;
  }

  /**
   * Hands out a part to be changed: it is held no more, and comes back by `adopt` when its change is committed. Whatever
   * goes wrong in between, `forget` has to be told.
   */
  take(key: string): Part | undefined {
    const part = this.get(key);
    if (part !== undefined) this.#drop(key, part);
    return part;
  }

  /** Whether a part that is not here may stand in the store: for windows after the newest of which one was let go of it cannot. */
  mayBeStored(key: string, { versionId, start }: Pick<OpenPart, 'versionId' | 'start'>): boolean {
    return start <= (this.#progress.get(versionId)?.lostUpTo ?? -Infinity) && !this.#parts.has(key);
  }

  /** Takes over what has been committed. */
  adopt(parts: ReadonlyMap<string, Part>): void {
    const since = this.#now();
    for (const [key, part] of parts) {
      const before = this.get(key);
      if (before !== undefined) this.#drop(key, before);
      this.#parts.set(key, { part, since });
      this.#weight += this.#weightOf(part);
      const progress = this.#progressOf(part);
      progress.newest = Math.max(progress.newest, part.start);
    }
    if (since - this.#sweptAt >= LEFT_ALONE_MS) this.#sweep(since);
    for (const [key, { part }] of this.#parts) {
      if (this.#weight <= this.#capacity) return;
      this.#lose(key, part);
    }
  }

  /** Forgets parts of which it is not known whether the store has taken their newest form. */
  forget(parts: ReadonlyMap<string, Part>): void {
    for (const [key, part] of parts) this.#lose(key, part);
  }

  #sweep(now: number): void {
    this.#sweptAt = now;
    for (const [key, { part, since }] of this.#parts) {
      // The others came later.
      if (now - since < LEFT_ALONE_MS) return;
      if (part.start + WINDOWS_BEHIND * part.widthMs <= this.#progressOf(part).newest) this.#lose(key, part);
    }
  }

  #lose(key: string, part: Part): void {
    const held = this.get(key);
    if (held !== undefined) this.#drop(key, held);
    const progress = this.#progressOf(part);
    progress.lostUpTo = Math.max(progress.lostUpTo, part.start);
  }

  #drop(key: string, held: Part): void {
    this.#parts.delete(key);
    this.#weight -= this.#weightOf(held);
  }

  #progressOf({ versionId }: Part): Progress {
    const progress = this.#progress.get(versionId) ?? { newest: -Infinity, lostUpTo: -Infinity };
    this.#progress.set(versionId, progress);
    return progress;
  }
}
