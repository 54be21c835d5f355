import { didYouMean } from '../near-name.ts';
import type { Complain } from './complain.ts';
import { checkConditions } from './condition-checks.ts';
import { meansField } from './field-pattern.ts';
import type { Block } from './inherit.ts';
import { judgedFields } from './judged-fields.ts';
import { JUDGEMENT_LABELS } from './label-names.ts';
import { at, entriesOf, type Raw } from './raw.ts';

const WITH_FIELDS: readonly (Block | null)[] = ['drift', 'schema', 'confidence', 'latency'];

/** What a schema cannot see in `overrides`: fields that the rule does not judge, and conditions as in a rule. */
export function checkOverrides(rule: Raw, block: Block | null, complain: Complain): void {
  if (at(rule, 'overrides') === undefined) return;
  if (!WITH_FIELDS.includes(block)) {
    if (block !== null) complain(['overrides'], `'${block}' judges no fields, so there is nothing to override`, 'key');
    return;
  }
  const judged = judgedFields(at(rule, block!));
  for (const [name, override] of entriesOf(at(rule, 'overrides'))) {
    const path = ['overrides', name];
    if (!judged.some((field) => meansField(field, name) || meansField(name, field))) {
      complain(path, `this rule does not judge a field '${name}'${didYouMean(name, judged)}`, 'key');
    }
    for (const [label] of entriesOf(at(override, 'labels'))) {
      if (JUDGEMENT_LABELS.has(label))
        complain([...path, 'labels', label], `the label '${label}' is set by the judgement itself`, 'key');
    }
    // What it leaves as it is was checked with the rule.
    if (at(override, 'fire') !== undefined || at(override, 'clear') !== undefined)
      checkConditions(overridden(rule, override, block!), block, path, complain);
  }
}

/** The conditions as they are for the override: a `fire` of its own does away with the rule's `clear`. */
function overridden(rule: Raw, override: Raw, block: Block): Raw {
  const { fire = at(rule, 'fire'), clear } = Object.fromEntries(entriesOf(override));
  return { fire, ...(clear === undefined ? {} : { clear }), [block]: at(rule, block) };
}
