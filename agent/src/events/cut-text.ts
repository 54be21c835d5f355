/** Longest text that leaves the process in an event or an outcome, in bytes of UTF-8. */
export const MAX_TEXT_BYTES = 256;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const scratch = new Uint8Array(MAX_TEXT_BYTES);

/**
 * The beginning of `text` that fits into MAX_TEXT_BYTES, whole characters only, well-formed (lone surrogates become
 * U+FFFD). Always a copy: a slice would keep the caller's whole text alive.
 */
export function cutText(text: string): string {
  const { written } = encoder.encodeInto(text, scratch);
  return decoder.decode(scratch.subarray(0, written));
}

/** How many UTF-16 units of `text` `cutText` keeps. */
export function keptUnits(text: string): number {
  return encoder.encodeInto(text, scratch).read;
}
