import type { Rule } from '../../rules/rule.ts';
import { step } from '../machine.ts';
import { type AlertState, NEVER_SEEN } from '../state.ts';
import type { Incident } from './incident.ts';
import type { ScoredSeries, ScoreHistory } from './score-history.ts';
import type { Threshold } from './thresholds.ts';

/** One alarm that would have been told: when, until when (null: it still fires), and of what. */
export type Alarm = {
  readonly firedAt: number;
  readonly resolvedAt: number | null;
  readonly labels: Readonly<Record<string, string>>;
};

/** How alarms agree with labelled incidents; ratios are null where there is nothing to divide by. */
export type Agreement = {
  /** Of the alarms, the share that overlap an incident. */
  readonly precision: number | null;
  /** Of the incidents, the share that an alarm overlaps. */
  readonly recall: number;
  readonly falseAlarms: number;
  /** Median time from the beginning of a found incident to its first alarm, ms. */
  readonly delayMs: number | null;
};

/** What a threshold would have come to. */
export type TriedThreshold = Threshold & {
  readonly alarms: readonly Alarm[];
  /** null where no incidents are known. */
  readonly agreement: Agreement | null;
};

/** Steps the machine that judges live over the scores, so that `for`, `keep_firing_for` and lacking data count as they do live. */
export function tryThreshold(
  history: ScoreHistory,
  threshold: Threshold,
  incidents: readonly Incident[] | null,
): TriedThreshold {
  const rule = { ...history.rule, ...threshold };
  const alarms = history.series.flatMap((series) => alarmsOf(series, rule)).sort((a, b) => a.firedAt - b.firedAt);
  return { ...threshold, alarms, agreement: incidents === null ? null : agreementOf(alarms, incidents, history.until) };
}

function alarmsOf({ labels, scores }: ScoredSeries, rule: Rule): Alarm[] {
  const alarms: Alarm[] = [];
  let state: AlertState = NEVER_SEEN;
  for (const { tick, ...finding } of scores) {
    const next = step(state, finding, rule, tick);
    state = next.state;
    const notify = next.transition?.notify;
    if (notify === 'firing') alarms.push({ firedAt: tick, resolvedAt: null, labels });
    if (notify === 'resolved') alarms.push({ ...alarms.pop()!, resolvedAt: tick });
  }
  return alarms;
}

function agreementOf(alarms: readonly Alarm[], incidents: readonly Incident[], until: number): Agreement {
  const belongs = (alarm: Alarm, incident: Incident) =>
    alarm.labels.model === incident.model &&
    (incident.field === null || alarm.labels.field === undefined || alarm.labels.field === incident.field) &&
    alarm.firedAt <= incident.until &&
    (alarm.resolvedAt ?? until) > incident.from;
  const trueAlarms = alarms.filter((alarm) => incidents.some((incident) => belongs(alarm, incident)));
  const delays = incidents.flatMap((incident) => {
    const first = alarms.find((alarm) => belongs(alarm, incident));
    return first === undefined ? [] : [Math.max(0, first.firedAt - incident.from)];
  });
  delays.sort((a, b) => a - b);
  return {
    precision: alarms.length === 0 ? null : trueAlarms.length / alarms.length,
    recall: delays.length / incidents.length,
    falseAlarms: alarms.length - trueAlarms.length,
    delayMs: delays[Math.floor((delays.length - 1) / 2)] ?? null,
  };
}
