const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The UTF-8 of well-formed `text`. */
export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** The text of `bytes`, or null when they are no UTF-8. */
export function textOfUtf8(bytes: Uint8Array): string | null {
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}
