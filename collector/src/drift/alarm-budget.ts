/** How many alarms chance may raise, and in which time. */
export type AlarmBudget = { readonly atMost: number; readonly perMs: number };

const DAY = 86_400_000;
const UNITS: Readonly<Record<string, number>> = {
  hour: DAY / 24,
  day: DAY,
  week: 7 * DAY,
  month: 30 * DAY,
  year: 365 * DAY,
};

/** The form of a budget, for schemas. */
export const BUDGET_PATTERN = '^\\s*[0-9]*\\.?[0-9]+\\s*(/|per)\\s*(hour|day|week|month|year)\\s*$';

/** Reads `1/month`, `2/week`, `0.5 per day`; a month has 30 days. Throws a RangeError which says what was expected. */
export function parseBudget(text: string): AlarmBudget {
  const [, count, , unit] = /^\s*([0-9]*\.?[0-9]+)\s*(\/|per)\s*(hour|day|week|month|year)\s*$/.exec(text) ?? [];
  const atMost = Number(count);
  if (unit === undefined || !(atMost > 0)) {
    throw new RangeError(`expected a budget such as "1/month" (per hour, day, week, month or year), got '${text}'`);
  }
  return { atMost, perMs: UNITS[unit]! };
}

/** When a rule is judged: every `tickMs`, over the last `spanMs`. */
export type Pace = { readonly tickMs: number; readonly spanMs: number };

/** No judgement may fire more often than one in two by chance. */
const MOST = 0.5;

/**
 * The probability with which one judgement may fire while nothing drifts, so that chance raises `atMost` alarms in `perMs`. An alarm
 * is one stretch of judgements that fire: spans that overlap fire together, so their judgements may fire more often than
 * alarms are wanted, see `alarmsPerFiring`. Windows that resemble their neighbours for other reasons only make alarms fewer.
 */
export function perJudgement(budget: AlarmBudget, pace: Pace): number {
  const alarms = (budget.atMost * pace.tickMs) / budget.perMs;
  if (alarms >= MOST) return MOST;
  let low = Math.log(alarms / Math.max(1, pace.spanMs / pace.tickMs) / 2);
  let high = Math.log(MOST);
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (Math.exp(middle) * alarmsPerFiring(Math.exp(middle), pace) < alarms) low = middle;
    else high = middle;
  }
  return Math.exp((low + high) / 2);
}

/** Steps and reach, in standard deviations, of the integral over what lies above the threshold. */
const STEPS = 200;
const BEYOND = 4;

/**
 * How many stretches of firing judgements there are per firing judgement, each of which fires with probability `p` by chance: 1 where spans do
 * not overlap. Scores over spans of w ticks, one tick apart, are taken for normal with the correlation 1 - 1 / w, as of sums that
 * share all but one of w parts; a stretch begins where the one before did not fire: P(Z0 <= u | Z1 > u), u being the quantile of p.
 * Simulated moving sums of normal numbers agree within a tenth; of their squares in nine dimensions, as in PSI, it is a fifth more.
 */
export function alarmsPerFiring(p: number, { tickMs, spanMs }: Pace): number {
  if (spanMs <= tickMs) return 1;
  const correlation = 1 - tickMs / spanMs;
  const rest = Math.sqrt(1 - correlation * correlation);
  const u = normalQuantile(p);
  let firing = 0;
  let beginning = 0;
  for (let i = 0; i < STEPS; i++) {
    const z = u + ((i + 0.5) * BEYOND) / STEPS;
    const density = Math.exp((u * u - z * z) / 2);
    firing += density;
    beginning += density * normalShare((u - correlation * z) / rest);
  }
  return beginning / firing;
}

/** The standard normal value that is exceeded with probability `p`: Abramowitz and Stegun 26.2.23, off by 4.5e-4 at most. */
function normalQuantile(p: number): number {
  const t = Math.sqrt(-2 * Math.log(Math.min(p, 1 - p)));
  const u = t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
  return p <= 0.5 ? u : -u;
}

/** The share of the standard normal distribution below `x`: Abramowitz and Stegun 26.2.17, off by 7.5e-8 at most. */
function normalShare(x: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(x));
  const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const above = (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) * series;
  return x >= 0 ? 1 - above : above;
}
