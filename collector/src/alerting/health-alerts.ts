import type { Condition } from '../rules/condition.ts';
import type { Finding } from '../rules/finding.ts';
import type { Rule } from '../rules/rule.ts';
import type { Template } from '../rules/template.ts';
import { ERRORS_IN_A_ROW } from './machine.ts';
import type { AlertState } from './state.ts';

/** A finding of a rule with the state it led to. */
export type Judged = { readonly finding: Finding; readonly state: AlertState };

/** A rule about a rule, with its findings: to be stepped and told like any other. */
export type HealthRule = { readonly rule: Rule; readonly findings: readonly Finding[] };

const SOME: Condition = { text: '> 0', comparison: '>', bound: 0, holds: (count) => count > 0 };
const NONE: Condition = { text: '<= 0', comparison: '<=', bound: 0, holds: (count) => count <= 0 };

/**
 * The alerts that a rule raises about itself at a tick: `TidemarkNoData` where it asks for that (`no_data: nodata`)
 * and series have lacked data for `no_data_for`, `TidemarkEvalError` (`on_error: error`) where judging failed three
 * times in a row. One finding for each model version, counting the series concerned, also when there are none, so
 * that the alert ends. The label `rulename` tells which rule.
 */
export function healthRules(rule: Rule, judged: readonly Judged[]): HealthRule[] {
  const found: HealthRule[] = [];
  if (rule.noData === 'nodata') {
    const lacks = ({ finding, state }: Judged): boolean =>
      state.health.kind === 'nodata' && finding.spanTo - state.health.since >= rule.noDataForMs;
    found.push(aboutRule(rule, 'TidemarkNoData', 'without enough data', judged, lacks));
  }
  if (rule.onError === 'error') {
    const fails = ({ state }: Judged): boolean =>
      state.health.kind === 'error' && state.health.inARow >= ERRORS_IN_A_ROW;
    found.push(aboutRule(rule, 'TidemarkEvalError', 'that cannot be judged', judged, fails));
  }
  return found;
}

function aboutRule(
  rule: Rule,
  alert: string,
  words: string,
  judged: readonly Judged[],
  isConcerned: (one: Judged) => boolean,
): HealthRule {
  const summary: Template = {
    source: words,
    render: (context) => `${rule.alert}: ${context.value} series of ${context.labels.model} ${words}`,
  };
  const labels = { ...rule.labels, severity: 'warning', rulename: rule.alert };
  const about: Rule = {
    ...rule,
    alert,
    labels,
    severity: 'warning',
    fire: SOME,
    clear: NONE,
    budget: null,
    occurrences: null,
    forMs: 0,
    keepFiringForMs: 0,
    noData: 'keep',
    onError: 'keep',
    annotations: new Map([['summary', summary]]),
    overrides: [],
  };
  const byVersion = Map.groupBy(judged, ({ finding }) => `${finding.version.model}\n${finding.labels.version ?? ''}`);
  return { rule: about, findings: [...byVersion.values()].map((group) => countOf(about, group, isConcerned)) };
}

function countOf(rule: Rule, group: readonly Judged[], isConcerned: (one: Judged) => boolean): Finding {
  const concerned = group.filter(isConcerned);
  const { chance: _, ...finding } = group[0]!.finding;
  const { model, version } = finding.labels;
  return {
    ...finding,
    labels: { alertname: rule.alert, ...rule.labels, ...(model ? { model } : {}), ...(version ? { version } : {}) },
    measure: 'series_concerned',
    value: concerned.length,
    health: 'ok',
    samples: group.length,
    baselineId: null,
    baseline: null,
    seriesId: null,
    message: null,
    evidence: concerned
      .slice(0, 5)
      .map(({ finding: one }) => `${one.labels.field ?? one.measure}: ${one.message ?? one.health}`),
  };
}
