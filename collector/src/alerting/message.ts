import { formatDuration } from '../duration.ts';
import type { Finding } from '../rules/finding.ts';
import type { Rule } from '../rules/rule.ts';
import { thresholdText } from '../rules/threshold-text.ts';
import type { AlertMessage, ResolveReason } from './alert.ts';
import { fingerprintOf } from './fingerprint.ts';
import { ERRORS_IN_A_ROW } from './machine.ts';
import type { AlertState } from './state.ts';

/** An alert that people know of. */
export type ToldState = Extract<AlertState, { kind: 'firing' | 'recovering' | 'resolved' }>;

/** Whether an alert in this state is one that people are told of. */
export function isTold(state: AlertState): state is ToldState {
  return state.kind === 'firing' || state.kind === 'recovering' || state.kind === 'resolved';
}

/** What an alert says of itself at a finding. `url` is where to look at it, null where the collector has no public address. */
export function messageOfAlert(rule: Rule, finding: Finding, state: ToldState, url: string | null): AlertMessage {
  const judged = judgedBy(rule, finding);
  const context = {
    labels: finding.labels,
    value: judged.value,
    baseline: finding.baseline ?? '',
    samples: finding.samples,
    threshold: judged.threshold,
  };
  const annotations = [...rule.annotations].map(([name, template]) => [name, template.render(context)] as const);
  return {
    kind: state.kind === 'resolved' ? 'resolved' : 'firing',
    fingerprint: fingerprintOf(finding.labels),
    episode: state.episode,
    alertname: rule.alert,
    group: rule.group,
    severity: rule.severity,
    labels: finding.labels,
    annotations: Object.fromEntries(annotations),
    model: finding.version.model,
    version: finding.version.version,
    ...judged,
    samples: finding.samples,
    baseline: finding.baseline,
    activeAt: state.activeAt,
    firedAt: state.firedAt,
    resolvedAt: state.kind === 'resolved' ? state.resolvedAt : null,
    resolveReason: state.kind === 'resolved' ? state.reason : null,
    spanFrom: finding.spanFrom,
    spanTo: finding.spanTo,
    evidence: finding.message === null ? finding.evidence : [finding.message, ...finding.evidence],
    url,
  };
}

/** The end of an alert without a new finding (its rule, version or series is gone): what was said last, resolved. */
export function resolvedMessage(last: AlertMessage, resolvedAt: number, reason: ResolveReason): AlertMessage {
  return { ...last, kind: 'resolved', resolvedAt, resolveReason: reason };
}

/**
 * What was held against what. An alert that lives by `no_data` or `on_error` has no score: it says how many samples
 * there were, or that judging failed, instead of a number that nobody measured.
 */
function judgedBy(rule: Rule, finding: Finding): Pick<AlertMessage, 'measure' | 'value' | 'threshold'> {
  if (finding.value !== null) return { measure: finding.measure, value: finding.value, threshold: thresholdText(rule) };
  if (finding.health === 'error')
    return { measure: 'failed_evaluations', value: ERRORS_IN_A_ROW, threshold: `>= ${ERRORS_IN_A_ROW}` };
  const needed = rule.judgement.minSamples;
  return {
    measure: 'samples',
    value: finding.samples,
    threshold: `< ${needed} for ${formatDuration(rule.noDataForMs)}`,
  };
}
