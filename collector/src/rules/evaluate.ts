import type { Chance } from '../chance/chance.ts';
import { ChanceHere } from '../chance/chance-here.ts';
import { judgeErrors } from './errors-rule.ts';
import type { Finding } from './finding.ts';
import type { Rule } from './rule.ts';
import { judgeSeries } from './series-rule.ts';
import { judgeSilence } from './silence-rule.ts';
import type { JudgingSource } from './source.ts';

/**
 * Judges everything a rule speaks of at one tick, over the span [tick - window, tick). One finding for each series,
 * also for those that cannot be judged: the reason is their `health`. Throws where the store does not answer;
 * the caller then leaves the states of the rule's alerts as they are. A composite finds nothing in the store: it is
 * judged by `judgeComposite`, from the states of the others. `chance` is asked by rules with a budget; keep it from tick to tick.
 */
export async function evaluateRule(
  rule: Rule,
  tick: number,
  source: JudgingSource,
  chance: Chance = new ChanceHere(),
): Promise<Finding[]> {
  if (rule.judgement.kind === 'composite') return [];
  const models = rule.judgement.model === null ? await source.models() : [rule.judgement.model];
  const findings: Finding[] = [];
  for (const model of models) findings.push(...(await judgeModel(rule, model, tick, source, chance)));
  return findings;
}

async function judgeModel(
  rule: Rule,
  model: string,
  tick: number,
  source: JudgingSource,
  chance: Chance,
): Promise<Finding[]> {
  const { judgement } = rule;
  switch (judgement.kind) {
    case 'composite':
      return [];
    case 'silence':
      return judgeSilence(rule, judgement, model, tick, source);
    case 'errors':
      return judgeErrors(rule, judgement, model, tick, source);
    default:
      return judgeSeries(rule, judgement, model, tick, source, chance);
  }
}
