import { didYouMean } from '../near-name.ts';
import { ACTIVE_DAYS_PATTERN, ACTIVE_HOURS_PATTERN, activeTimes, isTimeZone } from './active-times.ts';
import type { Complain } from './complain.ts';
import { type Raw, textAt } from './raw.ts';

/** What a schema cannot see in `active`: a time zone that there is not, hours of no length. */
export function checkActive(active: Raw, complain: Complain): void {
  const zone = textAt(active, 'time_zone');
  if (zone !== null && !isTimeZone(zone)) {
    const hint = didYouMean(zone, ['UTC', ...Intl.supportedValuesOf('timeZone')]);
    complain(
      ['active', 'time_zone'],
      `there is no time zone '${zone}'${hint || '; names are such as Europe/Zurich or UTC'}`,
    );
  }
  const hours = fitting(textAt(active, 'hours'), ACTIVE_HOURS_PATTERN);
  const days = fitting(textAt(active, 'days'), ACTIVE_DAYS_PATTERN);
  try {
    activeTimes(days, hours, 'UTC');
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    complain(['active', 'hours'], error.message);
  }
}

/** Texts of a wrong form were complained of by the schema already. */
function fitting(text: string | null, pattern: string): string | null {
  return text !== null && new RegExp(pattern).test(text) ? text : null;
}
