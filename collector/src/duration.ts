/** Milliseconds in each unit of a duration, longest first. A year is 365 days, as in Prometheus. */
const UNIT_MS = [
  ['y', 365 * 86_400_000],
  ['w', 7 * 86_400_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
] as const;

/** The form a duration must have, for schemas: units descending, no decimals, `0` alone allowed. */
export const DURATION_PATTERN =
  '^(0|(?=[0-9])([0-9]+y)?([0-9]+w)?([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?)$';

const FORM = new RegExp(DURATION_PATTERN);

/**
 * Milliseconds of a duration in Prometheus syntax (`1h30m`, `7d`, `0`): units ms s m h d w y, longest first,
 * whole numbers only. Throws a RangeError which says what was expected.
 */
export function parseDuration(text: string): number {
  if (!FORM.test(text)) {
    throw new RangeError(`expected a duration such as 30s, 15m, 1h30m or 7d, got '${text}'`);
  }
  const unitMs = new Map<string, number>(UNIT_MS);
  let total = 0;
  for (const [, digits, unit] of text.matchAll(/([0-9]+)(ms|[ywdhms])/g)) {
    total += Number(digits) * (unitMs.get(unit ?? '') ?? 0);
  }
  if (!Number.isSafeInteger(total)) throw new RangeError(`the duration '${text}' is too long`);
  return total;
}

/** A duration in Prometheus syntax, such as `1h30m`; whole milliseconds at or above 0. Years are written in days, so that nobody has to guess their length. */
export function formatDuration(ms: number): string {
  if (!Number.isSafeInteger(ms) || ms < 0) throw new RangeError(`expected whole milliseconds >= 0, got ${ms}`);
  if (ms === 0) return '0';
  let rest = ms;
  let text = '';
  for (const [unit, length] of UNIT_MS) {
    if (unit === 'y' || unit === 'w') continue;
    const whole = Math.floor(rest / length);
    if (whole > 0) text += `${whole}${unit}`;
    rest -= whole * length;
  }
  return text;
}
