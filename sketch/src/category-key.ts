/** Longest key a Categories keeps, in bytes of UTF-8. */
export const MAX_KEY_BYTES = 64;

const HASH_LENGTH = 16;
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const cut = new Uint8Array(MAX_KEY_BYTES);

/**
 * The key under which `text` is counted: well-formed Unicode (lone surrogates become U+FFFD) of at most MAX_KEY_BYTES
 * bytes of UTF-8. A longer text keeps its beginning, whole characters only, followed by `~` and 64 bits of a hash of
 * all of it in hexadecimal, so that different long texts stay different. Never a slice that keeps a long text alive.
 */
export function categoryKey(text: string): string {
  // Three bytes of UTF-8 a code unit at most.
  if (text.length * 3 > MAX_KEY_BYTES) {
    const { read } = encoder.encodeInto(text, cut);
    if (read < text.length) return shortened(text);
  }
  return text.isWellFormed() ? text : text.toWellFormed();
}

function shortened(text: string): string {
  const { written } = encoder.encodeInto(text, cut.subarray(0, MAX_KEY_BYTES - HASH_LENGTH - 1));
  return `${decoder.decode(cut.subarray(0, written))}~${hash(text, 0x811c9dc5, 0x01000193)}${hash(text, 0x3c6ef372, 0x9e3779b1)}`;
}

/** 32 bits over the UTF-16 code units: FNV-1a, with the seed and prime given, then the mixing of MurmurHash3; 8 hex digits. */
function hash(text: string, seed: number, prime: number): string {
  let h = seed;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), prime);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0).toString(16).padStart(8, '0');
}
