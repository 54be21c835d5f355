/** Half-open span of a text in UTF-16 units. */
export type Span = { readonly start: number; readonly end: number };

const SHORTEST = 13;
const LONGEST = 19;

// Leading digits and lengths in use: Visa, Mastercard (old and new range), American Express, Diners, Discover, JCB,
// UnionPay and Maestro. See ISO/IEC 7812-1 for the form, the schemes' own bulletins for the ranges.
const ISSUED =
  /^(?:4\d{12}(?:\d{3}){0,2}|5[1-5]\d{14}|2(?:2[2-9]|[3-6]\d|7[01]|720)\d{12,13}|3[47]\d{13}|3(?:0[0-5]|[689]\d)\d{11,16}|6(?:011|5\d\d|4[4-9]\d)\d{12,15}|35\d{14,17}|62\d{14,17}|(?:50|5[6-9]|6[37])\d{11,17})$/;
const ENOUGH_DIGITS = /\d(?:[ -]?\d){12}/;
const GROUPS = /\d+(?:[ -]\d+)*/g;

/** Whether digits are a card's: of an issued range, with the right check digit (Luhn, ISO/IEC 7812-1 annex B). */
export function isCardNumber(digits: string): boolean {
  if (digits.length < SHORTEST || digits.length > LONGEST || !ISSUED.test(digits)) return false;
  let sum = 0;
  for (let i = digits.length - 1, double = false; i >= 0; i--, double = !double) {
    const digit = digits.charCodeAt(i) - 48;
    sum += double ? (digit > 4 ? digit * 2 - 9 : digit * 2) : digit;
  }
  return sum % 10 === 0;
}

/**
 * Card numbers in a text, in groups parted by single spaces or hyphens or in one run. They begin and end where a
 * group does, so that an expiry date beside one does not hide it and a part of a longer number is none.
 */
export function cardNumbers(text: string): Span[] {
  const spans: Span[] = [];
  if (!ENOUGH_DIGITS.test(text)) return spans;
  for (const run of text.matchAll(GROUPS)) {
    const groups = [...run[0].matchAll(/\d+/g)];
    for (let first = 0; first < groups.length; first++) {
      let digits = '';
      for (let last = first; last < groups.length && digits.length < LONGEST; last++) {
        const group = groups[last];
        digits += group?.[0] ?? '';
        if (!isCardNumber(digits)) continue;
        const end = run.index + (group?.index ?? 0) + (group?.[0].length ?? 0);
        spans.push({ start: run.index + (groups[first]?.index ?? 0), end });
      }
    }
  }
  return spans;
}
