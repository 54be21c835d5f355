const DAYS: readonly string[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const DAY = `(${DAYS.join('|')})`;
const MINUTES_A_DAY = 1440;

/** `mon-fri`, `sat,sun`, `fri-mon,wed`. */
export const ACTIVE_DAYS_PATTERN = `^\\s*${DAY}(-${DAY})?(\\s*,\\s*${DAY}(-${DAY})?)*\\s*$`;
/** `08:00-18:00`, `22:00-06:00`, `00:00-24:00`. */
export const ACTIVE_HOURS_PATTERN =
  '^\\s*([01][0-9]|2[0-3]):[0-5][0-9]\\s*-\\s*(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)\\s*$';

/** Times of the week, by the clocks of a time zone. */
export type ActiveTimes = { readonly text: string; readonly timeZone: string; includes(time: number): boolean };

/** A day (0 = Monday) and the minutes since its midnight, as the clocks of a place show them. */
type LocalTime = { readonly day: number; readonly minute: number };

/**
 * When a rule is judged. `days` and `hours` are of the forms above, null for all. Hours that end before they begin go over
 * midnight and belong to the day on which they begin; the end is not included. By the names of clocks: in the hour that
 * is there twice in autumn a rule is active twice as long, in spring it lacks an hour. Throws a RangeError for a time zone that
 * there is not, and for hours of no length.
 */
export function activeTimes(days: string | null, hours: string | null, timeZone: string): ActiveTimes {
  const localTime = clockOf(timeZone);
  const onDay = days === null ? new Set(DAYS.keys()) : readDays(days);
  const [begin, end] = hours === null ? [0, MINUTES_A_DAY] : readHours(hours);
  const includes = (time: number): boolean => {
    const { day, minute } = localTime(time);
    if (begin < end) return onDay.has(day) && minute >= begin && minute < end;
    return (onDay.has(day) && minute >= begin) || (onDay.has((day + 6) % 7) && minute < end);
  };
  return { text: [days, hours, timeZone].filter((one) => one !== null).join(' '), timeZone, includes };
}

/** Whether the runtime knows a time zone. */
export function isTimeZone(name: string): boolean {
  try {
    clockOf(name);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function clockOf(timeZone: string): (time: number) => LocalTime {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  return (time) => {
    const parts = new Map(format.formatToParts(time).map(({ type, value }) => [type, value]));
    const day = DAYS.indexOf(parts.get('weekday')!.toLowerCase());
    return { day, minute: Number(parts.get('hour')) * 60 + Number(parts.get('minute')) };
  };
}

function readDays(text: string): Set<number> {
  const days = new Set<number>();
  for (const span of text.split(',')) {
    const [first, last] = span
      .trim()
      .split('-')
      .map((name) => DAYS.indexOf(name));
    const length = last === undefined ? 0 : (last - first! + 7) % 7;
    for (let i = 0; i <= length; i++) days.add((first! + i) % 7);
  }
  return days;
}

function readHours(text: string): [begin: number, end: number] {
  const [begin, end] = text
    .trim()
    .split(/\s*-\s*/)
    .map((clock) => {
      const [hour, minute] = clock.split(':').map(Number);
      return hour! * 60 + minute!;
    });
  if (begin === end)
    throw new RangeError(`the hours '${text.trim()}' have no length; leave hours out for the whole day`);
  return [begin!, end!];
}
