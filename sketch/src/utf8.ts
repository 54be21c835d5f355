const ASCII = 0x7f;
/** Up to so many bytes a loop is quicker than a call of the decoder. */
const SHORT = 24;
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The UTF-8 of well-formed `text`. */
export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** How many bytes `utf8` has. */
export function utf8Length(text: string): number {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > ASCII) return encoder.encode(text).length;
  return text.length;
}

/** Writes the UTF-8 of `text` into `bytes` from `at` on, where there has to be room; returns how many bytes it is. */
export function writeUtf8(text: string, bytes: Uint8Array, at: number): number {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    // Short texts of ASCII, nearly all keys, are not worth a call of the encoder.
    if (code > ASCII) return encoder.encodeInto(text, bytes.subarray(at)).written;
    bytes[at + i] = code;
  }
  return text.length;
}

/** The text of `bytes`, or null when they are no UTF-8. */
export function textOfUtf8(bytes: Uint8Array): string | null {
  if (bytes.length > SHORT) return decode(bytes);
  for (let i = 0; i < bytes.length; i++) if ((bytes[i] as number) > ASCII) return decode(bytes);
  return String.fromCharCode.apply(null, bytes as unknown as number[]);
}

function decode(bytes: Uint8Array): string | null {
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}
