import type { Finding } from '../rules/finding.ts';
import type { Rule } from '../rules/rule.ts';
import type { ResolveReason } from './alert.ts';

/**
 * Why a stored alert has no finding any more, at a tick at which its rule was evaluated without failing: its rule is
 * gone or no longer makes these labels, another version of its model is judged in its place, or its series is gone.
 * `rule` is the rule of that name now, null for none; `findings` are what it found at this tick.
 */
export function reasonForAbsence(
  labels: Readonly<Record<string, string>>,
  rule: Pick<Rule, 'labels'> | null,
  findings: readonly Finding[],
): Exclude<ResolveReason, 'cleared'> {
  if (rule === null || Object.entries(rule.labels).some(([name, value]) => labels[name] !== value))
    return 'rule_removed';
  const ofModel = findings.filter((one) => one.labels.model === labels.model);
  const isReplaced = ofModel.length > 0 && ofModel.every((one) => one.labels.version !== labels.version);
  return isReplaced ? 'version_superseded' : 'series_gone';
}
