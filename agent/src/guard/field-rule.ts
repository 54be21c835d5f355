import { categoryKey } from '@tidemark/sketch';
import type { Pattern } from './pattern.ts';
import type { CheckName, GuardAction } from './verdict.ts';

/** Stages whose fields a guard reads. */
export type GuardStage = 'input' | 'feature' | 'prediction' | 'confidence';

/** Types a field may have to be of. `number` is what a summary counts as one: finite, or a big integer. */
export type FieldType = 'number' | 'integer' | 'string' | 'boolean';

/** Everything one source (an option, the collector) asks of one field, completed. */
export type FieldRule = {
  readonly required: boolean;
  readonly type: FieldType | undefined;
  /** Whether it is a number that is bounded; then `min` and `max`, both included, are finite. */
  readonly numeric: boolean;
  readonly min: number;
  readonly max: number;
  readonly values: ReadonlySet<string> | undefined;
  readonly pattern: Pattern | undefined;
  readonly action: GuardAction;
  /** `statistical` and `confidence` are found under that name, whatever does not hold. */
  readonly as: 'statistical' | 'confidence' | undefined;
};

// A key is made of a long text by its hash, 2 ns a character: 16 us at this length.
const MAX_CATEGORY_TEXT = 8_192;

/** The first part of a rule that `value` breaks; undefined where all hold. Absence breaks only `required`. May throw. */
export function brokenPart(rule: FieldRule, value: unknown): CheckName | undefined {
  if (value === undefined || value === null) return rule.required ? (rule.as ?? 'presence') : undefined;
  const broken = brokenType(rule, value) ?? brokenValue(rule, value);
  return broken === undefined ? undefined : (rule.as ?? broken);
}

/** The checks of a rule in the order of `brokenPart`, for one that could not be made: the first says which it is. */
export function firstPart(rule: FieldRule): CheckName {
  if (rule.as !== undefined) return rule.as;
  if (rule.type !== undefined) return 'type';
  if (rule.numeric) return 'range';
  if (rule.values !== undefined) return 'category';
  return rule.pattern === undefined ? 'presence' : 'pattern';
}

/** What a rule asks for, in words. */
export function wordsOf(rule: FieldRule): string {
  const { type, values, pattern } = rule;
  const words = [type === 'integer' ? 'an integer' : type === undefined ? '' : `a ${type}`, rangeOf(rule)];
  if (values !== undefined) words.push(`one of ${[...values].slice(0, 5).join(', ')}${values.size > 5 ? ', …' : ''}`);
  if (pattern !== undefined) words.push(`text that matches ${pattern}`);
  const all = words.filter((word) => word !== '').join(', ');
  if (all === '') return 'a value';
  return all.length > 200 ? `${all.slice(0, 199)}…` : all;
}

function rangeOf({ numeric, min, max, type }: FieldRule): string {
  if (!numeric) return '';
  const low = min > -Number.MAX_VALUE;
  const high = max < Number.MAX_VALUE;
  if (low && high) return `${min} to ${max}`;
  if (low) return `at least ${min}`;
  if (high) return `at most ${max}`;
  return type === undefined ? 'a number' : '';
}

function brokenType({ type, numeric, values, pattern }: FieldRule, value: unknown): CheckName | undefined {
  // A big integer beyond a double is infinite to a model, as it is to a summary.
  if (numeric && !Number.isFinite(typeof value === 'bigint' ? Number(value) : value)) return 'type';
  if (type === 'integer' && typeof value !== 'bigint' && !Number.isInteger(value)) return 'type';
  if (type === 'string' && typeof value !== 'string') return 'type';
  if (type === 'boolean' && typeof value !== 'boolean') return 'type';
  return (values !== undefined || pattern !== undefined) && textOf(value) === undefined ? 'type' : undefined;
}

function brokenValue({ numeric, min, max, values, pattern, as }: FieldRule, value: unknown): CheckName | undefined {
  // A big integer is compared with a number by what both are worth.
  if (numeric && !((value as number) >= min && (value as number) <= max)) return 'range';
  const text = values === undefined && pattern === undefined ? '' : (textOf(value) ?? '');
  if (values !== undefined && !values.has(text) && !(as === 'statistical' && hasKeyOf(values, text))) return 'category';
  return pattern === undefined || pattern.test(text) ? undefined : 'pattern';
}

/** What comes from summaries are their keys, which stand for longer texts. */
function hasKeyOf(values: ReadonlySet<string>, text: string): boolean {
  return text.length <= MAX_CATEGORY_TEXT && values.has(categoryKey(text));
}

/** A category as a summary writes it. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean' || Number.isFinite(value)) return String(value);
  // 64 bits are what an identifier has; one of a million digits takes milliseconds to write.
  return typeof value === 'bigint' && BigInt.asIntN(65, value) === value ? String(value) : undefined;
}
