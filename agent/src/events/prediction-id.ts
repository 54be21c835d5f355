import { randomFillSync } from 'node:crypto';
import { isName } from '../names.ts';
import { hush, shielded } from '../shield.ts';
import { holdsSecret } from './secrets.ts';

const ID_BYTES = 16;
const POOL_BYTES = 256 * ID_BYTES;

// Filled when first used up, not when loaded: a process started from a snapshot must not repeat another's ids.
const pool = Buffer.alloc(POOL_BYTES);
let used = POOL_BYTES;

/** A new id: 128 random bits as 22 characters of base64url (RFC 4648, 5), unlike any other of any process. */
export function newPredictionId(): string {
  if (used === POOL_BYTES) {
    randomFillSync(pool);
    used = 0;
  }
  used += ID_BYTES;
  return pool.toString('base64url', used - ID_BYTES, used);
}

// Ids hang on the results themselves: nothing is kept of a result that the caller has let go.
const idsByResult = new WeakMap<object, string>();

/**
 * The id of the prediction that `result` is: the one it was given, else a new one, which it keeps. So a call costs nothing
 * until somebody asks. Undefined for a result that is no object. An object that is the result of several calls has one id.
 */
export function idOf(result: unknown): string | undefined {
  if (!canCarry(result)) return undefined;
  const known = idsByResult.get(result);
  if (known !== undefined) return known;
  const id = newPredictionId();
  idsByResult.set(result, id);
  return id;
}

/** Gives a result the id that its caller has named; a result that is no object carries none. */
export function nameResult(result: unknown, id: string): void {
  if (canCarry(result)) idsByResult.set(result, id);
}

/** Names the prediction of a call: `(...args) => string` of 1 to 128 bytes without control characters. */
export type IdExtractor = (...args: never[]) => unknown;

/**
 * Makes the reader of an id extractor. It never throws; undefined means that the extractor failed.
 * @param failed told when it threw or named no proper id; must not throw itself.
 */
export function idReader(extract: IdExtractor, failed: () => void): (args: readonly unknown[]) => string | undefined {
  return shielded((args: readonly unknown[]) => {
    const id: unknown = Reflect.apply(extract, undefined, args);
    if (isName(id) && !holdsSecret(id, false)) return id;
    hush(id);
    throw new TypeError('an id must be text of 1 to 128 bytes, and no secret');
  }, failed);
}

function canCarry(result: unknown): result is object {
  return (typeof result === 'object' && result !== null) || typeof result === 'function';
}
