import { hashText } from './distinct-hash.ts';

/** Longest key a Categories keeps, in bytes of UTF-8. */
export const MAX_KEY_BYTES = 64;

const HASH_LENGTH = 16;
// Shorter slices are copies in V8 (SlicedString::kMinLength).
const SHORTEST_SLICE = 13;
/*
 * Up to this many code units all of a text is hashed, in 125 us as measured. Of a longer one, of n units, the first half
 * of that many is hashed, the last quarter, and 256 blocks of 64 spread evenly over the middle, so that no text holds up
 * the serving process. Two texts of one length are then the same key if they differ between blocks only: not if they
 * differ in (n - 65 536) / 255 units in a row, 3 700 of a million.
 */
const WHOLE = 65_536;
const HEAD: number = WHOLE / 2;
const TAIL: number = WHOLE / 4;
const BLOCKS = 256;
const BLOCK: number = WHOLE / 4 / BLOCKS;
const lanes = new Int32Array(2);
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const cut = new Uint8Array(MAX_KEY_BYTES);

/**
 * The key under which `text` is counted: well-formed Unicode (lone surrogates become U+FFFD) of at most MAX_KEY_BYTES
 * bytes of UTF-8. A longer text keeps its beginning, whole characters only, followed by `~` and 64 bits of its hash in
 * hexadecimal, so that different long texts stay different; beyond 65 536 code units the hash is of a sample of the text
 * and its length.
 */
export function categoryKey(text: string): string {
  // Three bytes of UTF-8 a code unit at most.
  if (text.length * 3 > MAX_KEY_BYTES) {
    const { read } = encoder.encodeInto(text, cut);
    if (read < text.length) return shortened(text);
  }
  return text.isWellFormed() ? text : text.toWellFormed();
}

/** A copy that shares no memory: a key cut out of a large text must not keep the large text. A join is always written anew. */
export function ownText(key: string): string {
  return key.length < SHORTEST_SLICE ? key : [key.slice(0, 1), key.slice(1)].join('');
}

function shortened(text: string): string {
  const { written } = encoder.encodeInto(text, cut.subarray(0, MAX_KEY_BYTES - HASH_LENGTH - 1));
  hashText(text.length <= WHOLE ? text : sampleOf(text), lanes);
  return `${decoder.decode(cut.subarray(0, written))}~${hexOf(lanes[0])}${hexOf(lanes[1])}`;
}

/** WHOLE code units of `text` and its length. */
function sampleOf(text: string): string {
  const step = (text.length - HEAD - TAIL - BLOCK) / (BLOCKS - 1);
  const parts = [text.slice(0, HEAD)];
  for (let i = 0; i < BLOCKS; i++) {
    const from = HEAD + Math.floor(i * step);
    parts.push(text.slice(from, from + BLOCK));
  }
  parts.push(text.slice(text.length - TAIL), String(text.length));
  return parts.join('');
}

function hexOf(lane: number): string {
  return (lane >>> 0).toString(16).padStart(8, '0');
}
