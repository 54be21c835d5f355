/**
 * Keys in one array of bytes: key `i`, in UTF-8, is the `lengths[i]` bytes from `at[i]` on. Bytes are compared four at a time,
 * so three more have to be there behind the last key.
 */
export type KeyBytes = { readonly view: DataView; readonly at: Uint32Array; readonly lengths: Uint8Array };

const NOT_ASCII = 0x80808080 | 0;
/** The bytes of UTF-8 that begin what UTF-16 has at U+E000 to U+FFFF, which is behind the surrogates. */
const FIRST_BEHIND = 0xee;
const LAST_BEHIND = 0xef;
/** From there to a byte that no UTF-8 has, above all it has. */
const STEP_BEHIND = 0x10;

/** Negative where key `i` stands before key `j` in the order of UTF-16, that of strings; 0 where they are the same. */
export function compareKeys({ view, at, lengths }: KeyBytes, i: number, j: number): number {
  const a = at[i];
  const b = at[j];
  const both = Math.min(lengths[i], lengths[j]);
  for (let k = 0; k < both; k += 4) {
    const beyond = both - k < 4 ? 8 * (4 - both + k) : 0;
    const ours = view.getInt32(a + k) >> beyond;
    const theirs = view.getInt32(b + k) >> beyond;
    if (ours !== theirs) return ((ours | theirs) & NOT_ASCII) === 0 ? ours - theirs : compareFrom(view, a + k, b + k);
  }
  return lengths[i] - lengths[j];
}

/** By the first byte that differs, which there has to be. */
function compareFrom(view: DataView, a: number, b: number): number {
  let k = 0;
  while (view.getUint8(a + k) === view.getUint8(b + k)) k++;
  return rankOf(view.getUint8(a + k)) - rankOf(view.getUint8(b + k));
}

/**
 * A byte of UTF-8 so that keys by these numbers are in the order of UTF-16. Unicode's code points, whose order is that of
 * the bytes, differ from it only in that those above U+FFFF are written with surrogates, which are below U+E000 ("UTF-8 in
 * UTF-16 code unit order", Unicode Standard, section 5.17).
 */
export function rankOf(byte: number): number {
  return byte >= FIRST_BEHIND && byte <= LAST_BEHIND ? byte + STEP_BEHIND : byte;
}
