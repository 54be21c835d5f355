import type { Severity } from '../alerting/alert.ts';
import { type Pace, parseBudget, perJudgement } from '../drift/alarm-budget.ts';
import { activeTimes } from './active-times.ts';
import { completeJudgement, ms } from './complete-judgement.ts';
import { completeReceiver, completeRoute } from './complete-routes.ts';
import { ANY_VALUE, negationOf, parseCondition } from './condition.ts';
import { inherit } from './inherit.ts';
import { labelNamesOf } from './label-names.ts';
import { parseOccurrences } from './occurrences.ts';
import type { Budget, Judgement, Override, Rule, RuleGroup } from './rule.ts';
import type { RuleSet } from './rule-set.ts';
import type { ActiveText, FireText, GroupText, OverrideText, RulesFile, RuleText } from './schema-of-rules.ts';
import { compileTemplate } from './template.ts';

/** What a rule file need not say. */
const DEFAULTS = { interval: '1m', queryOffset: '30s', noDataFor: '15m', severity: 'warning' } as const;

/** A composite has a value of 1 where it holds, else 0. */
const COMPOSITE_FIRE = '>= 1';

/** A checked rule file with every default filled in. Must only be called where nothing was found wrong. */
export function complete(file: RulesFile): RuleSet {
  const groups = file.groups.map((group) => completeGroup(group, file));
  const root = file.route ? completeRoute({ ...file.route, matchers: {} }, null) : null;
  return { groups, receivers: (file.receivers ?? []).map(completeReceiver), route: root };
}

function completeGroup(group: GroupText, file: RulesFile): RuleGroup {
  const intervalMs = ms(group.interval ?? file.evaluation?.interval ?? DEFAULTS.interval);
  const queryOffsetMs = ms(group.query_offset ?? file.evaluation?.query_offset ?? DEFAULTS.queryOffset);
  // What was checked keeps its form when it inherits from what was checked.
  const rules = group.rules.map((rule) => completeRule(inherit(rule, group, file) as RuleText, group.name, intervalMs));
  return { name: group.name, intervalMs, queryOffsetMs, rules };
}

function completeRule(rule: RuleText, group: string, intervalMs: number): Rule {
  const judgement = completeJudgement(rule);
  const names = labelNamesOf(rule);
  const annotations = { summary: defaultSummary(judgement), ...rule.annotations };
  const whole: Rule = {
    alert: rule.alert,
    group,
    intervalMs,
    judgement,
    ...conditionsOf(rule.fire ?? COMPOSITE_FIRE, rule.clear, paceOf(judgement, intervalMs)),
    occurrences: rule.occurrences === undefined ? null : parseOccurrences(rule.occurrences),
    active: rule.active === undefined ? null : activeOf(rule.active),
    forMs: ms(rule.for ?? 0),
    keepFiringForMs: ms(rule.keep_firing_for ?? 0),
    noData: rule.no_data ?? 'keep',
    noDataForMs: ms(rule.no_data_for ?? DEFAULTS.noDataFor),
    onError: rule.on_error ?? 'error',
    ...labelsOf(rule.labels),
    annotations: new Map(Object.entries(annotations).map(([name, text]) => [name, compileTemplate(text, names)])),
    overrides: [],
  };
  const overrides = Object.entries(rule.overrides ?? {}).map(([name, text]) => overrideOf(name, text, whole, rule));
  return { ...whole, overrides };
}

function overrideOf(pattern: string, text: OverrideText, whole: Rule, written: RuleText): Override {
  const { judgement } = whole;
  const { fire, clear, budget } =
    text.fire === undefined ? whole : conditionsOf(text.fire, undefined, paceOf(judgement, whole.intervalMs));
  return {
    pattern,
    rule: {
      ...whole,
      judgement: { ...judgement, minSamples: text.min_samples ?? judgement.minSamples },
      fire,
      clear: text.clear === undefined ? clear : parseCondition(text.clear),
      budget,
      forMs: text.for === undefined ? whole.forMs : ms(text.for),
      keepFiringForMs: text.keep_firing_for === undefined ? whole.keepFiringForMs : ms(text.keep_firing_for),
      ...labelsOf({ ...written.labels, ...text.labels }),
    },
  };
}

type Conditions = Pick<Rule, 'fire' | 'clear' | 'budget'>;

function conditionsOf(text: FireText, clear: string | undefined, pace: Pace): Conditions {
  const { effect, at_most, importance } = typeof text === 'string' ? { effect: text } : text;
  const fire = effect === undefined ? ANY_VALUE : parseCondition(effect);
  const budget = at_most === undefined ? null : budgetOf(at_most, importance, pace);
  // Under a budget the value alone does not tell when fire ends, so whatever no longer fires is clear.
  const otherwise = budget === null ? negationOf(fire) : ANY_VALUE;
  return { fire, clear: clear === undefined ? otherwise : parseCondition(clear), budget };
}

function budgetOf(text: string, importance: Readonly<Record<string, number>> = {}, pace: Pace): Budget {
  const budget = parseBudget(text);
  return {
    ...budget,
    text: text.trim(),
    importance: new Map(Object.entries(importance)),
    rate: perJudgement(budget, pace),
  };
}

function paceOf(judgement: Judgement, intervalMs: number): Pace {
  return { tickMs: intervalMs, spanMs: 'windowMs' in judgement ? judgement.windowMs : intervalMs };
}

function activeOf({ days, hours, time_zone }: ActiveText) {
  return activeTimes(days ?? null, hours ?? null, time_zone);
}

function labelsOf(labels: Readonly<Record<string, string>> | undefined): Pick<Rule, 'labels' | 'severity'> {
  const written = labels?.severity ?? DEFAULTS.severity;
  const severity = (written === 'page' ? 'critical' : written) as Severity;
  return { severity, labels: { ...labels, severity } };
}

function defaultSummary(judgement: Judgement): string {
  if (judgement.kind === 'composite') return '{{ $labels.alertname }} holds of {{ $labels.model }}';
  const isOfModel = judgement.kind === 'silence' || judgement.kind === 'errors';
  const what = isOfModel ? '' : ' of {{ $labels.stage }} {{ $labels.field }}';
  const where =
    judgement.kind !== 'silence' && judgement.kind !== 'errors' && judgement.slices ? ' ({{ $labels.slice }})' : '';
  return `${judgement.measure}${what}${where} in {{ $labels.model }} is {{ $value | printf "%.3g" }} ({{ $threshold }})`;
}
