import { isName, MAX_NAME_BYTES } from '../names.ts';
import { isCardNumber } from './card-number.ts';
import { literalOf, matchesAny, matchesGlob } from './field-pattern.ts';
import { keyedHash } from './keyed-hash.ts';
import type { PrivacySettings } from './privacy-options.ts';
import type { EventScalar } from './scalar.ts';
import { hideSecrets, holdsSecret, REDACTED } from './secrets.ts';

/** What becomes of a field: it stays in the process, or leaves as it is, as `[redacted]`, or as a hash. */
export type Fate = 'stays' | 'sent' | 'redacted' | 'hashed';

/** Said of a value that does not leave. */
export const WITHHELD: unique symbol = Symbol('withheld');

/** What to read of an object of one stage. */
export type StagePlan = {
  /** Fields an allow pattern names in full; `expected` when it names the stage too, so that absence says something. */
  readonly named: readonly { readonly field: string; readonly expected: boolean }[];
  /** Whether other fields may leave as well, so that the object's own names have to be gone through. */
  readonly others: boolean;
};

// Stages are few, and fields at most as many as a version has series; beyond that, fates are worked out each time.
const MAX_PLANS = 64;
const MAX_FATES = 2_048;
// Categories are few by nature; what is not is worked out each time.
const MAX_CATEGORIES = 1_024;
const MAX_CATEGORY_UNITS = 256;

/** Decides of every value of every field whether and how it leaves the process. */
export class Privacy {
  readonly #settings: PrivacySettings;
  readonly #plans = new Map<string, StagePlan>();
  readonly #fates = new Map<string, Fate>();
  readonly #sayable = new Map<string, boolean>();

  constructor(settings: PrivacySettings) {
    this.#settings = settings;
  }

  /** What to read of an object of `stage`. */
  planOf(stage: string): StagePlan {
    const known = this.#plans.get(stage);
    if (known !== undefined) return known;
    const named = new Map<string, boolean>();
    let others = false;
    for (const pattern of this.#settings.allow) {
      if (!matchesGlob(pattern.stage, stage)) continue;
      const field = literalOf(pattern.field);
      if (field === undefined) others = true;
      else if (this.fateOf(stage, field) !== 'stays')
        named.set(field, named.get(field) === true || literalOf(pattern.stage) !== undefined);
    }
    const plan = { named: [...named].map(([field, expected]) => ({ field, expected })), others };
    if (this.#plans.size < MAX_PLANS) this.#plans.set(stage, plan);
    return plan;
  }

  /** What becomes of a field. Deny goes before all, and what is not allowed stays; redaction goes before hashing. */
  fateOf(stage: string, field: string): Fate {
    const name = `${stage}/${field}`;
    const known = this.#fates.get(name);
    if (known !== undefined) return known;
    const { allow, deny, redact, hash } = this.#settings;
    let fate: Fate = 'sent';
    if (matchesAny(deny, stage, field) || !matchesAny(allow, stage, field)) fate = 'stays';
    else if (matchesAny(redact, stage, field)) fate = 'redacted';
    else if (matchesAny(hash, stage, field)) fate = 'hashed';
    if (this.#fates.size < MAX_FATES) this.#fates.set(name, fate);
    return fate;
  }

  /** What leaves of a value with this fate; undefined = it was missing, which may be known of every field that leaves. */
  outgoing(fate: Fate, value: EventScalar): EventScalar | typeof WITHHELD {
    if (fate === 'stays') return WITHHELD;
    if (value === undefined) return undefined;
    if (fate === 'redacted') return REDACTED;
    if (fate === 'hashed') return this.#hashed(String(value));
    if (typeof value === 'boolean') return value;
    const { numericOnly, redactEmails } = this.#settings;
    if (typeof value === 'string') return numericOnly ? WITHHELD : hideSecrets(value, redactEmails);
    if (!isCard(value)) return value;
    return numericOnly ? WITHHELD : REDACTED;
  }

  /** Whether the name of a field, found by a wildcard, is a name and may itself be told. */
  maySay(name: string): boolean {
    const known = this.#sayable.get(name);
    if (known !== undefined) return known;
    const may = isName(name) && !holdsSecret(name, this.#settings.redactEmails);
    if (this.#sayable.size < MAX_FATES && name.length <= MAX_NAME_BYTES) this.#sayable.set(name, may);
    return may;
  }

  /**
   * What a category of this field is counted as in summaries: without the secrets it holds; with `appliesTo: 'all'` what
   * may not leave is counted as `[redacted]`, and a hashed one by its hash. Asked for once a series.
   */
  categoryFilter(stage: string, field: string): (text: string) => string {
    const { appliesTo, numericOnly } = this.#settings;
    if (appliesTo === 'events') return this.withoutSecrets;
    const fate = this.fateOf(stage, field);
    if (fate === 'stays' || fate === 'redacted' || numericOnly) return () => REDACTED;
    if (fate === 'hashed') return remembered((text) => this.#hashed(text));
    return remembered(this.withoutSecrets);
  }

  /** A text without a secret as it is: the sketch has its own way with long ones, which tells them apart. */
  readonly withoutSecrets = (text: string): string => {
    const { redactEmails } = this.#settings;
    return holdsSecret(text, redactEmails) ? hideSecrets(text, redactEmails) : text;
  };

  #hashed(text: string): string {
    const { hashKey } = this.#settings;
    return hashKey === undefined ? REDACTED : keyedHash(hashKey, text);
  }
}

/** A card number fits into a double. */
function isCard(value: number): boolean {
  return value >= 1e12 && Number.isSafeInteger(value) && isCardNumber(String(value));
}

/** `work` with its last answers kept, since it runs in every call. */
function remembered(work: (text: string) => string): (text: string) => string {
  const answers = new Map<string, string>();
  return (text) => {
    const known = answers.get(text);
    if (known !== undefined) return known;
    const answer = work(text);
    if (text.length > MAX_CATEGORY_UNITS) return answer;
    if (answers.size >= MAX_CATEGORIES) answers.clear();
    answers.set(text, answer);
    return answer;
  };
}
