import { isStage, LIMITS, type Stage } from './limits.ts';
import { WireError } from './wire-error.ts';

/** Up to it numbers are exact. */
const MOST = BigInt(Number.MAX_SAFE_INTEGER);

/**
 * Checks a name that will be stored and shown: 1 to `maxBytes` (128) bytes of UTF-8, no control characters.
 * @throws {WireError} `bad_name`.
 */
export function checkName(what: string, name: string, maxBytes: number = LIMITS.maxNameBytes): void {
  if (name.length <= maxBytes && isPlain(name)) return;
  const bytes = Buffer.byteLength(name, 'utf8');
  if (bytes < 1 || bytes > maxBytes) {
    throw new WireError('bad_name', `${what}: expected 1 to ${maxBytes} bytes, got ${bytes}`);
  }
  if (/\p{Cc}/u.test(name) || !name.isWellFormed()) {
    throw new WireError('bad_name', `${what}: expected text without control characters, got ${JSON.stringify(name)}`);
  }
}

/** Whether a name is one or more characters of printable ASCII, as nearly all are: nothing more has to be looked at. */
function isPlain(name: string): boolean {
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i);
    if (code < 0x20 || code > 0x7e) return false;
  }
  return name.length > 0;
}

/**
 * Checks that a stage is one.
 * @throws {WireError} `bad_name`.
 */
export function checkStage(stage: string): asserts stage is Stage {
  if (!isStage(stage)) throw new WireError('bad_name', `stage: expected a known stage, got ${JSON.stringify(stage)}`);
  checkName('stage', stage);
}

/**
 * Turns a wire count into a number.
 * @throws {WireError} `malformed` above 2^53, where numbers stop being exact.
 */
export function toCount(what: string, value: bigint): number {
  if (value > MOST) throw new WireError('malformed', `${what}: expected at most 2^53, got ${value}`);
  return Number(value);
}

/**
 * Turns a wire time into milliseconds since the epoch.
 * @throws {WireError} `malformed` beyond 2^53 either way.
 */
export function toTime(what: string, value: bigint): number {
  const time = Number(value);
  if (!Number.isSafeInteger(time)) throw new WireError('malformed', `${what}: expected a time in ms, got ${value}`);
  return time;
}

/**
 * Checks a number that has to be finite and within [least, most].
 * @throws {WireError} `malformed`.
 */
export function checkNumber(what: string, value: number, least = -Infinity, most = Infinity): void {
  if (Number.isFinite(value) && value >= least && value <= most) return;
  const ends = [...(least > -Infinity ? [` >= ${least}`] : []), ...(most < Infinity ? [` <= ${most}`] : [])];
  throw new WireError('malformed', `${what}: expected a finite number${ends.join(' and')}, got ${value}`);
}

/**
 * Checks how many there are of something.
 * @throws {WireError} `too_large`.
 */
export function checkMost(part: string, what: string, count: number, most: number): void {
  if (count > most) throw new WireError('too_large', `${part}: expected at most ${most} ${what}, got ${count}`);
}
