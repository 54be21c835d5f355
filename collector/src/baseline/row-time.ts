/** What an integer counts is told by its size: seconds up to the year 5138, then milli-, micro- and nanoseconds (from 1973 on). */
const MILLISECONDS_FROM = 1e11;
const MICROSECONDS_FROM = 1e14;
const NANOSECONDS_FROM = 1e17;

/** ISO 8601, a blank for the T as most programs write it, and no zone where it is UTC. */
const FORM = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?) ?(Z|[+-]\d{2}(?::?\d{2})?)?)?$/i;
const NUMBER = /^\d+(?:\.\d+)?$/;

/**
 * The time (ms since the epoch) that a value stands for: ISO 8601 text, which is UTC where it names no zone, or a number of
 * seconds, milli-, micro- or nanoseconds since the epoch, whichever its size makes it. null where it is no time.
 */
export function timeOfValue(value: unknown): number | null {
  if (typeof value === 'bigint') return timeOfNumber(Number(value));
  if (typeof value === 'number') return timeOfNumber(value);
  if (typeof value !== 'string') return null;
  const text = value.trim();
  if (NUMBER.test(text)) return timeOfNumber(Number(text));
  const [, day, time = '00:00', zone = 'Z'] = FORM.exec(text) ?? [];
  if (day === undefined) return null;
  const ms = Date.parse(
    `${day}T${time}${zone
      .replace(/^([+-]\d{2}):?(\d{2})?$/, '$1:$2')
      .replace(/:$/, ':00')
      .toUpperCase()}`,
  );
  return Number.isNaN(ms) ? null : ms;
}

function timeOfNumber(value: number): number | null {
  if (!(value >= 0) || value === Number.POSITIVE_INFINITY) return null;
  if (value < MILLISECONDS_FROM) return value * 1e3;
  if (value < MICROSECONDS_FROM) return value;
  return value < NANOSECONDS_FROM ? value / 1e3 : value / 1e6;
}
