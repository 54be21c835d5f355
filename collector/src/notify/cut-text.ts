/** Length of a code point in UTF-16 units: what a limit given in "characters" is measured in at its strictest. */
export function utf16Length(codePoint: string): number {
  return codePoint.length;
}

/** Length of a code point in UTF-8 bytes. */
export function utf8Length(codePoint: string): number {
  return Buffer.byteLength(codePoint);
}

/**
 * Cuts text to a limit without splitting a code point and marks the cut with an ellipsis that is
 * counted too. `cost` says what one code point takes of the limit, so that text can be cut to
 * fit after it is escaped or encoded. Lone surrogates become U+FFFD.
 */
export function cutText(text: string, limit: number, cost: (codePoint: string) => number = utf16Length): string {
  const ellipsis = '…';
  const room = limit - cost(ellipsis);
  let used = 0;
  let kept = 0;
  let whole = '';
  for (const codePoint of text.toWellFormed()) {
    used += cost(codePoint);
    whole += codePoint;
    if (used <= room) kept = whole.length;
    if (used > limit) return room < 0 ? '' : whole.slice(0, kept) + ellipsis;
  }
  return whole;
}
