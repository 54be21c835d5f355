import { ANY_VALUE } from './condition.ts';
import type { Rule } from './rule.ts';

/** What a rule fires at, in its own words: `> 0.25`, `> 0.25 and at_most 1/month`, `at_most 1/month`. */
export function thresholdText({ fire, budget }: Pick<Rule, 'fire' | 'budget'>): string {
  if (budget === null) return fire.text;
  return fire === ANY_VALUE ? `at_most ${budget.text}` : `${fire.text} and at_most ${budget.text}`;
}

/** `fire` and, where there is one, `clear` as they are written in a rule file. */
export function writtenFiring({ fire, clear, budget }: Pick<Rule, 'fire' | 'clear' | 'budget'>): string {
  const effect = fire === ANY_VALUE ? [] : [`effect: "${fire.text}"`];
  const weights = [...(budget?.importance ?? [])].map(([name, weight]) => `${JSON.stringify(name)}: ${weight}`);
  const importance = weights.length === 0 ? [] : [`importance: { ${weights.join(', ')} }`];
  const firing =
    budget === null ? `"${fire.text}"` : `{ ${[...effect, `at_most: ${budget.text}`, ...importance].join(', ')} }`;
  return clear === ANY_VALUE ? `fire: ${firing}` : `fire: ${firing}  clear: "${clear.text}"`;
}
