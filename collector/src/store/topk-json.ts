import { KeyCursor, MAX_KEY_BYTES } from '@tidemark/sketch';
import { toJson } from './database.ts';

/** Categories shown in `topk`; the exact counts are in `categories`. */
const TOPK = 50;
/** Bytes of JSON that one of a key can become: a control character is `\u001f`. */
const ESCAPED = 6;
/** Quotes, colon and comma, and the digits of 2^53. */
const AROUND = 4 + 16;
const text = Buffer.alloc(2 + TOPK * (MAX_KEY_BYTES * ESCAPED + AROUND));
const [OPEN, CLOSE, QUOTE, BACKSLASH, COLON, COMMA, ZERO] = [...Buffer.from('{}"\\:,0')] as [
  number,
  number,
  number,
  number,
  number,
  number,
  number,
];
const SPACE = 0x20;
const TILDE = 0x7e;
/** Counts up to it are written digit by digit. */
const MOST_BY_DIGIT = 2 ** 31 - 1;

/** The most frequent categories of a byte form with their counts, as JSON that a database takes. */
export function topkJson(categories: Uint8Array): string {
  let end = 0;
  text[end++] = OPEN;
  for (const cursor = new KeyCursor(categories, TOPK); cursor.next(); ) {
    if (end > 1) text[end++] = COMMA;
    end = writeKey(categories, cursor.from, cursor.to, end);
    text[end++] = COLON;
    end = writeCount(cursor.count, end);
  }
  text[end++] = CLOSE;
  return text.toString('utf8', 0, end);
}

/** Writes the key at `end`; returns where it ends. */
function writeKey(bytes: Uint8Array, from: number, to: number, end: number): number {
  let at = end;
  text[at++] = QUOTE;
  for (let i = from; i < to; i++) {
    const byte = bytes[i] as number;
    // Keys that stand in JSON as they are, nearly all, are copied.
    if (byte < SPACE || byte > TILDE || byte === QUOTE || byte === BACKSLASH) {
      const key = Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString();
      return end + text.write(toJson(key), end);
    }
    text[at++] = byte;
  }
  text[at++] = QUOTE;
  return at;
}

function writeCount(count: number, end: number): number {
  if (count > MOST_BY_DIGIT) return end + text.write(String(count), end);
  let after = end + 1;
  for (let power = 10; power <= count; power *= 10) after++;
  for (let at = after - 1, rest = count; at >= end; at--) {
    const tens = Math.trunc(rest / 10);
    text[at] = ZERO + rest - 10 * tens;
    rest = tens;
  }
  return after;
}
