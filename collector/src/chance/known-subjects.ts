import type { ChanceSubject } from './chance.ts';

/** Subjects whose nulls are kept, at 5 to 100 KB each; the one not asked about for the longest goes first. */
const MOST_SUBJECTS = 1000;

/** Under which a subject's nulls are kept. */
export function subjectKey({ seed, measure, side, precision, spanMs }: ChanceSubject): string {
  return JSON.stringify([seed, measure, side, precision, spanMs]);
}

/** What is kept of subjects, by key. */
export class KnownSubjects<T> {
  readonly #kept = new Map<string, T>();
  readonly #onForgotten: (key: string) => void;

  constructor(onForgotten: (key: string) => void = () => undefined) {
    this.#onForgotten = onForgotten;
  }

  /** What is kept under the key, which counts as asked about; undefined where nothing is. */
  get(key: string): T | undefined {
    const known = this.#kept.get(key);
    if (known !== undefined) this.set(key, known);
    return known;
  }

  delete(key: string): void {
    this.#kept.delete(key);
  }

  set(key: string, subject: T): void {
    this.#kept.delete(key);
    this.#kept.set(key, subject);
    if (this.#kept.size <= MOST_SUBJECTS) return;
    const oldest = this.#kept.keys().next().value!;
    this.#kept.delete(oldest);
    this.#onForgotten(oldest);
  }
}
