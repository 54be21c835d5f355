import { BUDGET_PATTERN, parseBudget } from '../drift/alarm-budget.ts';
import { whyNotDrawn } from '../drift/simulated-null.ts';
import { didYouMean } from '../near-name.ts';
import type { Complain } from './complain.ts';
import { meansField } from './field-pattern.ts';
import type { Block } from './inherit.ts';
import { judgedFields } from './judged-fields.ts';
import { measureNamed } from './measure.ts';
import { at, entriesOf, type Raw, textAt } from './raw.ts';
import { conditionAt, measureIn } from './read-raw.ts';

/** What a schema cannot see in a `fire` that is a mapping: nothing to fire at, chance that nobody knows, fields that are not judged. */
export function checkBudget(rule: Raw, block: Block, path: readonly (string | number)[], complain: Complain): void {
  const fire = at(rule, 'fire');
  const atMost = textAt(fire, 'at_most');
  const weights = entriesOf(at(fire, 'importance'));
  if (at(fire, 'at_most') === undefined) {
    if (at(fire, 'effect') === undefined && weights.length > 0)
      complain([...path, 'fire'], "expected 'effect', 'at_most' or both here");
    else if (weights.length > 0) complain([...path, 'fire', 'importance'], 'importance goes with at_most only', 'key');
    return;
  }
  if (atMost !== null && new RegExp(BUDGET_PATTERN).test(atMost)) {
    const complaint = wrongBudget(atMost) ?? withoutChance(fire, block, at(rule, block));
    if (complaint !== null) complain([...path, 'fire', 'at_most'], complaint);
  }
  const judged = judgedFields(at(rule, block));
  for (const [name] of weights) {
    if (!judged.some((field) => meansField(field, name) || meansField(name, field)))
      complain(
        [...path, 'fire', 'importance', name],
        `this rule does not judge a field '${name}'${didYouMean(name, judged)}`,
        'key',
      );
  }
}

function wrongBudget(atMost: string): string | null {
  try {
    parseBudget(atMost);
    return null;
  } catch (error) {
    if (error instanceof RangeError) return `${error.message}; it must be above 0`;
    throw error;
  }
}

/** Why nothing is known of chance in what the rule judges; null where it can be. */
function withoutChance(fire: Raw, block: Block, raw: Raw): string | null {
  const measure = measureIn(block, raw);
  if (measure === null) return null;
  const known = measureNamed(measure);
  if (known === null || known.baseline === 'none' || block === 'silence')
    return `what chance does is learnt from a baseline, and '${measure}' takes none; give an effect alone`;
  if (at(raw, 'baseline') === undefined && known.baseline === 'optional')
    return `what chance does is learnt from a baseline, and this block names none`;
  const kind = textAt(at(raw, 'baseline'), 'kind');
  if (kind === 'trailing' || kind === 'same_time' || kind === 'version')
    return `what chance does is learnt from a baseline that stays, and one of the kind '${kind}' does not; give an effect alone, or a reference`;
  const reasons = known.kinds.map(whyNotDrawn);
  if (!reasons.includes(null))
    return `what chance does to '${measure}' is not known, since ${reasons.join(' and ')}; give an effect alone`;
  const isDownward = conditionAt(fire, 'effect')?.comparison.startsWith('<') ?? false;
  return isDownward && textAt(raw, 'direction') === 'both'
    ? "with 'direction: both' a budget is for what is far from the baseline, so the effect begins with > or >="
    : null;
}
