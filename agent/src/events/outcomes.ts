import { type Clock, isTime } from '../clock.ts';
import type { VersionName } from '../losses.ts';
import { isName } from '../names.ts';
import { hush } from '../shield.ts';
import type { NamedValue, OutcomeRecord } from './event.ts';
import { holdsNames, NO_SCALAR, scalarOf } from './scalar.ts';
import { hideSecrets, holdsSecret } from './secrets.ts';
import { frameBytes, valueBytes } from './wire-size.ts';

/** Fields of one outcome. */
export const MAX_OUTCOME_FIELDS = 64;

/** Bounds of what may wait; bytes as on the wire. */
export type OutcomeLimits = { readonly maxCount: number; readonly maxBytes: number };

const LIMITS: OutcomeLimits = Object.freeze({ maxCount: 10_000, maxBytes: 4 * 1024 * 1024 });

/** Exact accounts in outcomes: given = taken + pending + all of dropped. */
export type OutcomeAccount = {
  /** Calls. */
  readonly given: number;
  /** Handed on to be sent. */
  readonly taken: number;
  /** Waiting for that. */
  readonly pending: number;
  /** `invalid`: the id, the time or a value is wrong. `full`: as many wait as may. */
  readonly dropped: { readonly invalid: number; readonly full: number };
};

type Waiting<V extends VersionName> = { readonly record: OutcomeRecord<V>; readonly bytes: number };

/** Outcomes on their way to the exporter, in the order they were given. Never throws. */
export class OutcomeBuffer<V extends VersionName> {
  readonly #clock: Clock;
  readonly #limits: OutcomeLimits;
  readonly #redactEmails: boolean;
  #waiting: Waiting<V>[] = [];
  #bytes = 0;
  #given = 0;
  #taken = 0;
  #invalid = 0;
  #full = 0;

  /** @param clock when an outcome without a time of its own became known. */
  constructor(clock: Clock, limits: Partial<OutcomeLimits> = {}, redactEmails = false) {
    this.#redactEmails = redactEmails;
    this.#clock = clock;
    this.#limits = { ...LIMITS, ...limits };
  }

  get account(): OutcomeAccount {
    const dropped = { invalid: this.#invalid, full: this.#full };
    return { given: this.#given, taken: this.#taken, pending: this.#waiting.length, dropped };
  }

  /** Bytes that what waits takes on the wire, at most. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Takes what turned out to be true of a prediction: 1 to 64 named numbers, texts, booleans, or null for a missing one.
   * Texts are cut to 256 bytes and secrets in them replaced, as in events. What is wrong in one part is refused whole.
   * @param given `{ at? }`, when it became known in milliseconds since the epoch.
   * @returns the outcome as it will be sent; undefined where it was refused, which is counted.
   */
  add(version: V, predictionId: unknown, values: unknown, given?: unknown): OutcomeRecord<V> | undefined {
    this.#given++;
    const record = this.#read(version, predictionId, values, given);
    if (record === undefined) {
      this.#invalid++;
      return undefined;
    }
    let bytes = frameBytes(version.model, version.version, record.predictionId);
    for (const value of record.values) bytes += valueBytes(value);
    if (this.#waiting.length >= this.#limits.maxCount || this.#bytes + bytes > this.#limits.maxBytes) {
      this.#full++;
      return undefined;
    }
    this.#waiting.push({ record, bytes });
    this.#bytes += bytes;
    return record;
  }

  /** Takes the oldest out: at most `max`, and at most `maxBytes` on the wire but for a first that is larger alone. */
  take(max: number, maxBytes: number = Number.POSITIVE_INFINITY): OutcomeRecord<V>[] {
    let count = 0;
    let bytes = 0;
    for (const next of this.#waiting) {
      if (count >= max || (count > 0 && bytes + next.bytes > maxBytes)) break;
      bytes += next.bytes;
      count++;
    }
    const taken = this.#waiting.slice(0, count).map(({ record }) => record);
    this.#waiting = this.#waiting.slice(count);
    this.#bytes -= bytes;
    this.#taken += count;
    return taken;
  }

  /** Undefined for what is no outcome, whatever the caller's objects do when they are read. */
  #read(version: V, predictionId: unknown, values: unknown, given: unknown): OutcomeRecord<V> | undefined {
    for (const one of [predictionId, values, given]) hush(one);
    try {
      const atMs = this.#timeOf(given);
      if (atMs === undefined || !isName(predictionId) || holdsSecret(predictionId, false) || !holdsNames(values))
        return undefined;
      const named = readOutcome(values, this.#redactEmails);
      return named === undefined ? undefined : { version, predictionId, atMs, values: named };
    } catch (error) {
      hush(error);
      return undefined;
    }
  }

  #timeOf(given: unknown): number | undefined {
    const at: unknown = (given as { at?: unknown } | undefined)?.at ?? this.#clock.now();
    hush(at);
    return isTime(at) ? Math.floor(at) : undefined;
  }
}

function readOutcome(values: object, emails: boolean): NamedValue[] | undefined {
  const names = Object.keys(values);
  if (names.length === 0 || names.length > MAX_OUTCOME_FIELDS) return undefined;
  const read: NamedValue[] = [];
  for (const field of names) {
    const value = scalarOf((values as Record<string, unknown>)[field]);
    if (!isName(field) || value === NO_SCALAR) return undefined;
    read.push({ stage: 'outcome', field, value: typeof value === 'string' ? hideSecrets(value, emails) : value });
  }
  return read;
}
