import type { EventViolation, NamedValue } from './event.ts';

// Upper bounds in the wire's own form (protobuf): a text is a tag, a length and its bytes; a double a tag and 8.
const TEXT_BYTES = 1 + 3;
const NUMBER_BYTES = 1 + 8;
const MESSAGE_BYTES = 1 + 3;
// A time as a varint, the stratum, and whether it failed.
const FIXED_BYTES = 1 + 10 + 2 + 2;

/** Most bytes that texts of a message take on the wire together. */
export function textBytes(...texts: readonly string[]): number {
  let bytes = 0;
  for (const text of texts) bytes += TEXT_BYTES + Buffer.byteLength(text, 'utf8');
  return bytes;
}

/** Most bytes a value takes in an event or an outcome. */
export function valueBytes({ stage, field, value }: NamedValue): number {
  // What no number can say goes as text: `-Infinity` is the longest.
  const odd = typeof value === 'number' && !Number.isFinite(value);
  const own = typeof value === 'string' || odd ? textBytes(String(value)) : NUMBER_BYTES;
  return MESSAGE_BYTES + textBytes(stage, field) + own;
}

/** Most bytes a violation takes in an event. */
export function violationBytes({ check, stage, field, action }: EventViolation): number {
  return MESSAGE_BYTES + textBytes(check, stage, field, action);
}

/** Most bytes of an event or an outcome without its values and violations, given its texts. */
export function frameBytes(...texts: readonly string[]): number {
  return MESSAGE_BYTES + FIXED_BYTES + 2 * NUMBER_BYTES + textBytes(...texts);
}
