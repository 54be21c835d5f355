import { createHmac, type KeyObject } from 'node:crypto';

/** What a key of fewer bytes could be guessed by. */
export const MIN_KEY_BYTES = 16;

const PREFIX = 'h:';
const HEX_DIGITS = 16;
// Hashing is linear, but runs in the serving process: of a longer text its beginning and its length are hashed.
const MAX_UNITS = 65_536;

/**
 * `h:` and the first 64 bits of HMAC-SHA-256 (RFC 2104) in lower-case hexadecimal: the same text has the same hash in
 * every field and process with this key, and nobody without the key can try texts out.
 */
export function keyedHash(key: KeyObject, text: string): string {
  const hmac = createHmac('sha256', key);
  if (text.length <= MAX_UNITS) hmac.update(text, 'utf8');
  else hmac.update(`${text.slice(0, MAX_UNITS)}\u0000${text.length}`, 'utf8');
  return PREFIX + hmac.digest('hex').slice(0, HEX_DIGITS);
}
