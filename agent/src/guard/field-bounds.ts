import { isName } from '../names.ts';
import type { FieldBounds } from '../settings.ts';
import type { FieldRule, GuardStage } from './field-rule.ts';
import { type GuardReads, NO_RULE } from './guard-settings.ts';
import type { RuleOfField } from './stage-plan.ts';
import type { GuardAction } from './verdict.ts';

// As many as a model version has series, and as a summary keeps keys.
const MAX_BOUNDS = 500;
const MAX_KEYS = 4_096;

/** Rules for the bounds that can be held; what came over the wire in another shape is left out. */
export function rulesOfBounds(bounds: readonly FieldBounds[], reads: GuardReads, action: GuardAction): RuleOfField[] {
  return bounds.slice(0, MAX_BOUNDS).flatMap(({ stage, field, min, max, values = [] }) => {
    if (!Object.hasOwn(reads, stage) || !reads[stage as GuardStage] || !isName(field)) return [];
    const low = isBound(min) ? min : undefined;
    const high = isBound(max) ? max : undefined;
    const numeric = low !== undefined || high !== undefined;
    if (numeric === values.length > 0 || values.length > MAX_KEYS || (low ?? NO_RULE.min) > (high ?? NO_RULE.max))
      return [];
    const rule: FieldRule = {
      ...NO_RULE,
      numeric,
      min: low ?? NO_RULE.min,
      max: high ?? NO_RULE.max,
      values: numeric ? undefined : new Set(values),
      action,
      as: 'statistical',
    };
    return [{ stage: stage as GuardStage, field, rule }];
  });
}

/** The rule of a confidence floor. An answer without confidence is not confident. */
export function ruleOfFloor(floor: number, field: string, action: GuardAction): RuleOfField {
  const rule: FieldRule = { ...NO_RULE, required: true, numeric: true, min: floor, action, as: 'confidence' };
  return { stage: 'confidence', field, rule };
}

/** Whether a number came that bounds something. */
export function isBound(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
