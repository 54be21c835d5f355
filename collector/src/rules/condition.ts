/** The comparisons a rule can make. */
export const COMPARISONS = ['>', '>=', '<', '<='] as const;
export type Comparison = (typeof COMPARISONS)[number];

/** A comparison with a fixed bound, such as `> 0.25`. `text` is as written in the rule file, blanks tidied. */
export type Condition = {
  readonly text: string;
  readonly comparison: Comparison;
  readonly bound: number;
  holds(value: number): boolean;
};

/** The form of a condition, for schemas. */
export const CONDITION_PATTERN = '^\\s*(>=|<=|>|<)\\s*[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?\\s*$';

const FORM = /^\s*(>=|<=|>|<)\s*(\S+)\s*$/;

const TESTS: Readonly<Record<Comparison, (value: number, bound: number) => boolean>> = {
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
};

const OPPOSITES: Readonly<Record<Comparison, Comparison>> = { '>': '<=', '>=': '<', '<': '>=', '<=': '>' };

/** Reads `> 0.25`, `>= 3`, `< -0.1`. Throws a RangeError which says what was expected. NaN fulfils no condition. */
export function parseCondition(text: string): Condition {
  const [, sign, digits] = FORM.exec(text) ?? [];
  const bound = Number(digits);
  if (!new RegExp(CONDITION_PATTERN).test(text) || !Number.isFinite(bound)) {
    throw new RangeError(`expected a comparison such as "> 0.25", got '${text}'`);
  }
  return condition(sign as Comparison, bound, `${sign} ${digits}`);
}

/** Holds of every value: where a budget alone decides, no effect is too small. */
export const ANY_VALUE: Condition = {
  text: 'any value',
  comparison: '>',
  bound: -Infinity,
  holds: (value) => !Number.isNaN(value),
};

/** What holds where the condition does not: the default for `clear`. */
export function negationOf(one: Condition): Condition {
  const comparison = OPPOSITES[one.comparison];
  return condition(comparison, one.bound, `${comparison} ${one.bound}`);
}

/** Whether both can hold of one value: `> 0.2` and `< 0.25` can, `> 0.25` and `< 0.2` cannot. */
export function overlap(one: Condition, other: Condition): boolean {
  const oneUp = one.comparison.startsWith('>');
  if (oneUp === other.comparison.startsWith('>')) return true;
  const [lower, upper] = oneUp ? [one, other] : [other, one];
  const touching = lower.comparison === '>=' && upper.comparison === '<=';
  return touching ? lower.bound <= upper.bound : lower.bound < upper.bound;
}

function condition(comparison: Comparison, bound: number, text: string): Condition {
  return { text, comparison, bound, holds: (value) => TESTS[comparison](value, bound) };
}
