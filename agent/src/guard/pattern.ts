/** Longest text a pattern is tried on, in UTF-16 units; a longer one does not match, whatever it holds. */
export const MAX_PATTERN_TEXT = 1_024;
// Far above what a sane pattern takes for 1 024 units (microseconds), below what stalls a host; a pause of the machine
// may look alike, so it takes three.
const SLOW_MS = 20;
const STRIKES = 3;

/**
 * A regular expression of the caller's. The engine backtracks and cannot be stopped, so the text is bounded, and a
 * pattern that was slow three times is not tried again. A pattern that is exponential in the text can still stall once.
 */
export class Pattern {
  readonly #regex: RegExp;
  #slow = 0;

  /** @param regex copied without `g` and `y`, which make a match depend on the one before. */
  constructor(regex: RegExp | string) {
    this.#regex =
      typeof regex === 'string' ? new RegExp(regex) : new RegExp(regex.source, regex.flags.replace(/[gy]/g, ''));
  }

  /** Whether the text matches. Throws once the pattern has been slow too often: then nobody knows. */
  test(text: string): boolean {
    if (text.length > MAX_PATTERN_TEXT) return false;
    if (this.#slow >= STRIKES) throw new Error('a pattern that was slow is not tried again');
    const startedMs = performance.now();
    const matches = this.#regex.test(text);
    if (performance.now() - startedMs > SLOW_MS) this.#slow++;
    return matches;
  }

  toString(): string {
    return String(this.#regex);
  }
}
