import { hush } from '../shield.ts';
import type { NamedValue } from './event.ts';
import { type Privacy, WITHHELD } from './privacy.ts';
import { holdsNames, NO_SCALAR, scalarOf } from './scalar.ts';
import { valueBytes } from './wire-size.ts';

/** Objects of named values, by stage. */
export type StageFields = { readonly [stage: string]: object | undefined };

/** What could be read of one inference. */
export type ReadValues = {
  readonly values: NamedValue[];
  readonly bytes: number;
  /** A getter or a proxy of the caller's threw. */
  readonly failed: boolean;
  /** A value that may leave is no scalar, has no proper name, or was one too many. */
  readonly omitted: boolean;
};

/** Own names that wildcards go through in one object. */
export const MAX_NAMES = 1_000;

/**
 * Reads what may leave of the fields of one inference, and makes it private. Only allowed fields are touched, and only
 * where they are own properties; nothing of the caller's that throws gets through.
 * @param maxBytes of the values on the wire; what is over is left out.
 */
export function readValues(privacy: Privacy, fields: StageFields, maxBytes: number): ReadValues {
  const reading = new Reading(privacy, maxBytes);
  for (const stage of Object.keys(fields)) reading.addStage(stage, fields[stage]);
  return reading;
}

class Reading implements ReadValues {
  readonly values: NamedValue[] = [];
  bytes = 0;
  failed = false;
  omitted = false;
  readonly #privacy: Privacy;
  readonly #maxBytes: number;

  constructor(privacy: Privacy, maxBytes: number) {
    this.#privacy = privacy;
    this.#maxBytes = maxBytes;
  }

  addStage(stage: string, source: object | undefined): void {
    const { named, others } = this.#privacy.planOf(stage);
    if (source === undefined || (named.length === 0 && !others)) return;
    // A proxy that was revoked throws whatever it is asked.
    try {
      if (!holdsNames(source)) {
        this.omitted = true;
        return;
      }
    } catch {
      this.failed = true;
      return;
    }
    for (const { field, expected } of named) this.#addField(stage, source, field, expected);
    if (!others) return;
    const seen = new Set(named.map(({ field }) => field));
    for (const field of this.#namesOf(source)) if (!seen.has(field)) this.#addFound(stage, source, field);
  }

  #namesOf(source: object): readonly string[] {
    try {
      const names = Object.keys(source);
      if (names.length <= MAX_NAMES) return names;
      this.omitted = true;
      return names.slice(0, MAX_NAMES);
    } catch {
      this.failed = true;
      return [];
    }
  }

  /** A name nobody has written down in advance: it may be no name, or say too much. */
  #addFound(stage: string, source: object, field: string): void {
    if (this.#privacy.fateOf(stage, field) === 'stays') return;
    if (this.#privacy.maySay(field)) this.#addField(stage, source, field, false);
    else this.omitted = true;
  }

  #addField(stage: string, source: object, field: string, expected: boolean): void {
    let value: unknown;
    try {
      if (Object.hasOwn(source, field)) value = (source as Record<string, unknown>)[field];
      else if (!expected) return;
    } catch (error) {
      hush(error);
      this.failed = true;
      return;
    }
    const scalar = scalarOf(value);
    if (scalar === NO_SCALAR) {
      this.omitted = true;
      return;
    }
    const outgoing = this.#privacy.outgoing(this.#privacy.fateOf(stage, field), scalar);
    if (outgoing !== WITHHELD) this.#push({ stage, field, value: outgoing });
  }

  #push(value: NamedValue): void {
    const bytes = valueBytes(value);
    if (this.bytes + bytes > this.#maxBytes) {
      this.omitted = true;
      return;
    }
    this.values.push(value);
    this.bytes += bytes;
  }
}
