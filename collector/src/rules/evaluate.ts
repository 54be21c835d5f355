import type { Finding } from './finding.ts';
import type { Rule } from './rule.ts';
import { judgeSeries } from './series-rule.ts';
import { judgeSilence } from './silence-rule.ts';
import type { JudgingSource } from './source.ts';

/**
 * Judges everything a rule speaks of at one tick, over the span [tick - window, tick). One finding for each series,
 * also for those that cannot be judged: the reason is their `health`. Throws where the store does not answer;
 * the caller then leaves the states of the rule's alerts as they are.
 */
export async function evaluateRule(rule: Rule, tick: number, source: JudgingSource): Promise<Finding[]> {
  const { judgement } = rule;
  const models = judgement.model === null ? await source.models() : [judgement.model];
  const findings: Finding[] = [];
  for (const model of models) {
    const found =
      judgement.kind === 'silence'
        ? await judgeSilence(rule, judgement, model, tick, source)
        : await judgeSeries(rule, judgement, model, tick, source);
    findings.push(...found);
  }
  return findings;
}
