import { createSecretKey, type KeyObject } from 'node:crypto';
import { types } from 'node:util';
import { type Mistake, show } from '../errors.ts';
import { isObject, type OptionRow, readOptions } from '../option-table.ts';
import { type FieldPattern, PATTERN_EXPECTED, readPattern } from './field-pattern.ts';
import { MIN_KEY_BYTES } from './keyed-hash.ts';

/** Where the key of hashes comes from: at least 16 bytes, given or read from the environment. */
export type HashKey = Uint8Array | { readonly env: string };

/** What may leave the process. Patterns are `stage/field`, with `*` for any run of characters. */
export type PrivacyOptions = {
  readonly allow?: readonly string[];
  readonly deny?: readonly string[];
  readonly redact?: readonly string[];
  readonly hash?: readonly string[];
  readonly hashKey?: HashKey;
  readonly numericOnly?: boolean;
  readonly redactEmails?: boolean;
  readonly appliesTo?: 'events' | 'all';
};

/** Checked and completed. The key is a KeyObject, which shows nothing of itself when printed. */
export type PrivacySettings = {
  readonly allow: readonly FieldPattern[];
  readonly deny: readonly FieldPattern[];
  readonly redact: readonly FieldPattern[];
  readonly hash: readonly FieldPattern[];
  readonly hashKey: KeyObject | undefined;
  readonly numericOnly: boolean;
  readonly redactEmails: boolean;
  readonly appliesTo: 'events' | 'all';
};

const MAX_PATTERNS = 256;
const KEY_EXPECTED = `{ env: 'NAME' } or at least ${MIN_KEY_BYTES} bytes`;
const NONE: readonly FieldPattern[] = Object.freeze([]);

const patterns = (name: string, doc: string): OptionRow => ({
  name,
  type: 'string[]',
  default: Object.freeze([]),
  defaultText: '`[]`',
  doc,
  accepts: (value) => Array.isArray(value) && value.length <= MAX_PATTERNS,
  expected: `a list of at most ${MAX_PATTERNS} patterns`,
  inside: checkPatterns,
});

const flag = (name: string, doc: string): OptionRow => ({
  name,
  type: 'boolean',
  default: false,
  doc,
  accepts: (value) => typeof value === 'boolean',
  expected: 'true or false',
});

/** Options of `privacy`. */
export const PRIVACY_TABLE: readonly OptionRow[] = [
  patterns('allow', 'fields that may leave as single values, as `stage/field` with `*` as wildcard; no other does'),
  patterns('deny', 'fields that may not, whatever `allow` says'),
  patterns('redact', 'allowed fields of which only `[redacted]` leaves'),
  patterns('hash', 'allowed fields of which only a keyed hash leaves (`h:` and 16 hex digits of HMAC-SHA-256)'),
  {
    name: 'hashKey',
    type: "{ env: 'NAME' } or Buffer",
    doc: 'the key of `hash`, at least 16 bytes',
    // Checked inside, where no message shows what was given.
    accepts: () => true,
    expected: KEY_EXPECTED,
    inside: checkKey,
  },
  flag('numericOnly', 'of allowed fields, only numbers and booleans leave'),
  flag('redactEmails', 'e-mail addresses in texts are redacted as secrets always are'),
  {
    name: 'appliesTo',
    type: 'string',
    default: 'events',
    doc: '`events`, or `all`: categories of summaries are held to the same rules (their counts are kept)',
    accepts: (value) => value === 'events' || value === 'all',
    expected: 'events or all',
  },
];

/**
 * Checks and completes privacy options; every mistake is added to `mistakes`, and the result may be used only when
 * there are none. No mistake shows a key, or anything that may be one.
 */
export function readPrivacy(given: unknown, path: string, mistakes: Mistake[]): PrivacySettings {
  // Shown by its type only: a key may be what was put in the wrong place.
  if (!isObject(given)) mistakes.push({ option: path, expected: 'an object', got: typeName(given) });
  const options = readOptions(PRIVACY_TABLE, isObject(given) ? given : {}, path, mistakes) as PrivacyOptions;
  const { hashKey, numericOnly = false, redactEmails = false, appliesTo = 'events' } = options;
  const hashes = (options.hash?.length ?? 0) > 0;
  if (hashes && hashKey === undefined) {
    mistakes.push({ option: `${path}.hashKey`, expected: KEY_EXPECTED, got: 'nothing, with fields to hash' });
  }
  for (const option of ['hash', 'redact'] as const) {
    if (!numericOnly || (options[option]?.length ?? 0) === 0) continue;
    const expected = 'no patterns, since numericOnly lets no text leave';
    mistakes.push({ option: `${path}.${option}`, expected, got: show(options[option]) });
  }
  const key = keyBytes(hashKey);
  return Object.freeze({
    allow: patternsOf(options.allow),
    deny: patternsOf(options.deny),
    redact: patternsOf(options.redact),
    hash: patternsOf(options.hash),
    hashKey: key !== undefined && key.length >= MIN_KEY_BYTES ? createSecretKey(key) : undefined,
    numericOnly,
    redactEmails,
    appliesTo,
  });
}

function patternsOf(given: readonly string[] | undefined): readonly FieldPattern[] {
  if (given === undefined || given.length === 0) return NONE;
  return Object.freeze(given.map(readPattern).filter((pattern) => pattern !== undefined));
}

function checkPatterns(given: readonly unknown[], path: string, mistakes: Mistake[]): void {
  for (const [i, pattern] of given.entries()) {
    if (readPattern(pattern) !== undefined) continue;
    mistakes.push({ option: `${path}[${i}]`, expected: PATTERN_EXPECTED, got: show(pattern) });
  }
}

function checkKey(given: unknown, path: string, mistakes: Mistake[]): void {
  const bytes = keyBytes(given as HashKey);
  if (bytes !== undefined && bytes.length >= MIN_KEY_BYTES) return;
  let got = typeName(given);
  if (bytes !== undefined) got = `${bytes.length} bytes`;
  else if (isEnv(given)) got = 'the name of a variable that is not set';
  mistakes.push({ option: path, expected: KEY_EXPECTED, got });
}

function isEnv(given: unknown): given is { readonly env: string } {
  return isObject(given) && typeof (given as { env?: unknown }).env === 'string';
}

function keyBytes(given: HashKey | undefined): Uint8Array | undefined {
  if (types.isUint8Array(given)) return given;
  const text = isEnv(given) ? process.env[given.env] : undefined;
  return text === undefined || text === '' ? undefined : Buffer.from(text, 'utf8');
}

function typeName(given: unknown): string {
  if (given === null || given === undefined) return 'nothing';
  return Array.isArray(given) ? 'a list' : `a value of type ${typeof given}`;
}
