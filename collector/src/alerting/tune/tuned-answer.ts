import { ANY_VALUE } from '../../rules/condition.ts';
import { timeText } from '../overlay.ts';
import type { TriedThreshold } from './tried-threshold.ts';
import type { Tuned } from './tune.ts';

/** What tuning came to, for programs: times ISO 8601, delays in ms; most sensitive threshold first. */
export function tunedAnswer({ history, tried, current, chosen, why }: Tuned) {
  const of = ({ fire, clear, alarms, agreement }: TriedThreshold) => ({
    fire: fire.text,
    clear: clear === ANY_VALUE ? null : clear.text,
    alarms: alarms.length,
    ...(agreement ?? {}),
  });
  return {
    rule: history.rule.alert,
    since: timeText(history.since),
    until: timeText(history.until),
    ticks: history.ticks,
    series: history.series.length,
    why,
    current: of(current),
    chosen: chosen === null ? null : of(chosen),
    tried: tried.map(of),
  };
}
