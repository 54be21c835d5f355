import type { FieldRule } from './field-rule.ts';
import type { PlannedField, PlannedRelation, StagePlan } from './stage-plan.ts';
import type { Findings } from './verdict.ts';

/** Checks one object of named values; undefined, or `found` as it was, where nothing is wrong. */
export type StageFunction = (fields: object, found: Findings | undefined) => Findings | undefined;

/** The long way of each step; what is compiled asks it only where the short way does not see that all is well. */
export type LongWay = {
  /** Judges a value of the i-th field. May throw, and then the check of this field has failed. */
  judge(i: number, fields: object, value: unknown, found: Findings | undefined): Findings | undefined;
  /** The value, or undefined where it comes from a prototype. */
  own(fields: object, name: string, value: unknown): unknown;
  /** Judges the k-th relation, of two values. */
  relate(k: number, a: unknown, b: unknown, found: Findings | undefined): Findings | undefined;
  /** Asks the test of the k-th relation. */
  ask(k: number, fields: object, found: Findings | undefined): Findings | undefined;
  /** Goes on after the check of the i-th field has failed, relations included. */
  goOn(i: number, fields: object, slots: unknown[], found: Findings | undefined): Findings | undefined;
};

/**
 * Straight-line code for the checks of one stage: property reads by constant names, bounds as literals. What users name
 * enters the code only through JSON.stringify.
 * @returns undefined where the runtime forbids code generation (`--disallow-code-generation-from-strings`).
 */
export function compileStage(plan: StagePlan, long: LongWay): StageFunction | undefined {
  const sets: ReadonlySet<string>[] = [];
  const slots = Array.from({ length: plan.slots }, (_, slot) => `s${slot}`);
  const fields = plan.fields.map((field, i) => `at = ${i}; ${fieldCode(field, i, sets)}`);
  const relations = plan.relations.map(relationCode);
  const body = `'use strict';
const { judge, own, relate, ask, goOn } = long;
const isInteger = Number.isInteger, hasOwn = Object.hasOwn;
${sets.map((_, n) => `const set${n} = sets[${n}];`).join(' ')}
return (f, found) => {
let at = 0, v${slots.map((slot) => `, ${slot}`).join('')};
try {
${fields.join('\n')}
} catch { return goOn(at, f, [${slots.join(', ')}], found); }
${relations.join('\n')}
return found;
};`;
  try {
    return new Function('long', 'sets', body)(long, sets) as StageFunction;
  } catch (error) {
    if (error instanceof EvalError) return undefined;
    throw error;
  }
}

function fieldCode({ name, rules, slot }: PlannedField, i: number, sets: ReadonlySet<string>[]): string {
  const key = JSON.stringify(name);
  const read = `v = f[${key}];`;
  const keep = slot < 0 ? '' : ` s${slot} = typeof v === 'number' || typeof v === 'string' ? v : own(f, ${key}, v);`;
  if (rules.length === 0) return read + keep;
  const short = rules.map((rule) => shortWay(rule, key, sets));
  const judge = `found = judge(${i}, f, v, found);`;
  return short.includes(undefined)
    ? `${read}${keep} ${judge}`
    : `${read}${keep} if (!(${short.join(' && ')})) ${judge}`;
}

/** A condition on `v` that is cheap and true only where the rule holds; undefined where there is none. */
function shortWay(rule: FieldRule, key: string, sets: ReadonlySet<string>[]): string | undefined {
  const { type, numeric, min, max, values, pattern } = rule;
  if (pattern !== undefined) return undefined;
  if (numeric) {
    if (values !== undefined) return undefined;
    const whole = type === 'integer' ? ' && isInteger(v)' : '';
    return `typeof v === 'number' && v >= ${min} && v <= ${max}${whole}`;
  }
  if (type === 'boolean') {
    return values === undefined ? `(v === true || v === false) && hasOwn(f, ${key})` : undefined;
  }
  if (values !== undefined) {
    sets.push(values);
    return `typeof v === 'string' && set${sets.length - 1}.has(v)`;
  }
  return type === 'string' ? "typeof v === 'string'" : "(typeof v === 'number' || typeof v === 'string')";
}

function relationCode({ rule, slots }: PlannedRelation, k: number): string {
  const names = slots.map((slot) => `s${slot}`);
  if (rule.check === undefined) {
    const there = [...new Set(names)].map((name) => `${name} != null`).join(' && ');
    return `if (${there}) found = ask(${k}, f, found);`;
  }
  const [a, b] = names;
  // Two numbers one of which is NaN are in no order, and do not differ in a way that means anything.
  const holds =
    rule.check === '='
      ? `${a} === ${b}`
      : rule.check === '!='
        ? `(${a} < ${b} || ${a} > ${b})`
        : `${a} ${rule.check} ${b}`;
  return `if (!(typeof ${a} === 'number' && typeof ${b} === 'number' && ${holds})) found = relate(${k}, ${a}, ${b}, found);`;
}
