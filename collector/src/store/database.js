/** Object ids of the types that both drivers must read alike. */
export const TYPE_IDS = { bytea: 17, int8: 20, timestamptz: 1184 };
/** Reads bytea, which comes in hex: `\\x00ff`. */
export function parseBytes(text) {
  return Buffer.from(text.slice(2), 'hex');
}
/** Reads int8; counts are checked to stay below 2^53 before they are stored. */
export function parseInt8(text) {
  return Number(text);
}
/** Reads timestamptz as ms since the epoch. */
export function parseTimestamp(text) {
  if (text === 'infinity') return Infinity;
  if (text === '-infinity') return -Infinity;
  // PostgreSQL writes `2001-01-31 23:00:00.5+00`: ISO 8601 but for the blank and the short offset.
  const iso = text.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00');
  return Date.parse(iso);
}
/** Text without NUL, the one character that PostgreSQL cannot hold; U+FFFD stands in for it. */
export function toText(text) {
  return text.replaceAll('\u0000', '\uFFFD');
}
/** JSON for `$1::text::jsonb`. What jsonb refuses, escapes of NUL and of half surrogate pairs, becomes U+FFFD. */
export function toJson(value) {
  // An odd number of backslashes begins an escape, an even one is text.
  return JSON.stringify(value).replace(/(?<!\\)((?:\\\\)*)\\u(?:0000|d[89a-f][0-9a-f]{2})/g, '$1\uFFFD');
}
/**
 * Writes an array in PostgreSQL's text form, for `$1::text::float8[]` and its like: the one way that
 * both drivers pass arrays of every type alike.
 */
export function toArrayLiteral(items) {
  return `{${items.map(toArrayItem).join(',')}}`;
}
function toArrayItem(item) {
  if (item === null) return 'NULL';
  if (typeof item === 'number' || typeof item === 'boolean') return String(item);
  if (typeof item === 'string') return `"${item.replace(/["\\]/g, '\\$&')}"`;
  return `"\\\\x${Buffer.from(item.buffer, item.byteOffset, item.byteLength).toString('hex')}"`;
}
