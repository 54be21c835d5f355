import { hush, hushValue } from '../shield.ts';
import { compares } from './compare.ts';
import { compileStage, type LongWay, type StageFunction } from './compile-stage.ts';
import { describeValue, showScalar } from './describe-value.ts';
import { brokenPart, type FieldRule, firstPart, wordsOf } from './field-rule.ts';
import type { RelationRule, StagePlan } from './stage-plan.ts';
import { Findings, stronger, type Violation } from './verdict.ts';

/** How checks that could not be made are taken, and whether violations show values. */
export type CheckManner = {
  /** True: what could not be checked counts as violated. */
  readonly failsClosed: boolean;
  readonly showValues: boolean;
  /** Told once for each stage of a call in which a check could not be made. */
  readonly lose: () => void;
};

/** What `got` says of a check that could not be made. */
export const UNCHECKED = 'a check that failed';
const FAILED: unique symbol = Symbol('failed');

/**
 * All checks of one stage, field by field, then the relations. Fields are read once each, by the names the checks know
 * and nothing else; a field that cannot be read leaves the others alone. Never throws.
 */
export class StageCheck {
  readonly plan: StagePlan;
  readonly #manner: CheckManner;
  readonly #check: StageFunction;

  /** @param mayCompile false keeps to the interpreted form, as where code generation is forbidden. */
  constructor(plan: StagePlan, manner: CheckManner, mayCompile = true) {
    this.plan = plan;
    this.#manner = manner;
    const long: LongWay = {
      judge: (i, fields, value, found) => this.#judge(i, fields, value, found),
      own: ownValue,
      relate: (k, a, b, found) => this.#relate(k, a, b, found),
      ask: (k, fields, found) => this.#ask(k, fields, found),
      goOn: (i, fields, slots, found) => this.#walk(i + 1, fields, slots, this.#failField(i, slots, found), true),
    };
    const interpreted: StageFunction = (fields, found) =>
      this.#walk(0, fields, new Array<unknown>(plan.slots), found, false);
    this.#check = (mayCompile ? compileStage(plan, long) : undefined) ?? interpreted;
  }

  /** Adds what is wrong with `fields` to `found`; without them nothing of the stage can be checked. */
  check(fields: object | undefined, found: Findings | undefined): Findings | undefined {
    return fields === undefined ? this.#unread(found) : this.#check(fields, found);
  }

  #walk(
    first: number,
    fields: object,
    slots: unknown[],
    found: Findings | undefined,
    failedBefore: boolean,
  ): Findings | undefined {
    let failed = failedBefore;
    let all = found;
    for (let i = first; i < this.plan.fields.length; i++) {
      const { name, slot } = this.plan.fields[i] as StagePlan['fields'][number];
      try {
        const value = (fields as Record<string, unknown>)[name];
        if (slot >= 0) slots[slot] = ownValue(fields, name, value);
        all = this.#judge(i, fields, value, all);
      } catch {
        // A getter or proxy of the caller's, or a pattern that is not tried again.
        failed = true;
        all = this.#failField(i, slots, all);
      }
    }
    if (failed) this.#manner.lose();
    return this.#relations(fields, slots, all);
  }

  #relations(fields: object, slots: readonly unknown[], found: Findings | undefined): Findings | undefined {
    let all = found;
    for (const [k, { rule, slots: own }] of this.plan.relations.entries()) {
      const values = own.map((slot) => slots[slot]);
      if (values.includes(FAILED)) all = this.#fail(relationViolation(rule, UNCHECKED), all);
      else if (rule.check !== undefined) all = this.#relate(k, values[0], values[1], all);
      else if (!values.some(isMissing)) all = this.#ask(k, fields, all);
    }
    return all;
  }

  #judge(i: number, fields: object, given: unknown, found: Findings | undefined): Findings | undefined {
    const { name, rules } = this.plan.fields[i] as StagePlan['fields'][number];
    if (rules.length === 0) return found;
    const value = ownValue(fields, name, given);
    let broken: Violation[] | undefined;
    for (const rule of rules) {
      const check = brokenPart(rule, value);
      if (check === undefined) continue;
      broken ??= [];
      broken.push(this.#violation(name, rule, check, this.#got(value)));
    }
    if (broken !== undefined) hushValue(value);
    // Only now, so that a check that throws has not left half of them behind.
    return broken === undefined ? found : broken.reduce(added, found);
  }

  #relate(k: number, a: unknown, b: unknown, found: Findings | undefined): Findings | undefined {
    const { rule } = this.plan.relations[k] as StagePlan['relations'][number];
    if (isMissing(a) || isMissing(b) || compares(a, rule.check ?? '=', b)) return found;
    return added(found, relationViolation(rule, `${this.#got(a)} and ${this.#got(b)}`));
  }

  #ask(k: number, fields: object, found: Findings | undefined): Findings | undefined {
    const { rule } = this.plan.relations[k] as StagePlan['relations'][number];
    let answer: unknown;
    try {
      answer = rule.test?.(fields);
    } catch {
      // Its owner's test threw: a check that could not be made.
      answer = undefined;
    }
    if (answer === true) return found;
    if (answer === false) return added(found, relationViolation(rule, 'false'));
    hush(answer);
    this.#manner.lose();
    return this.#fail(relationViolation(rule, UNCHECKED), found);
  }

  #failField(i: number, slots: unknown[], found: Findings | undefined): Findings | undefined {
    const { name, rules, slot } = this.plan.fields[i] as StagePlan['fields'][number];
    if (slot >= 0) slots[slot] = FAILED;
    return rules.reduce((all, rule) => this.#fail(this.#violation(name, rule, firstPart(rule), UNCHECKED), all), found);
  }

  #fail(violation: Violation, found: Findings | undefined): Findings | undefined {
    return this.#manner.failsClosed ? added(found, violation) : found;
  }

  #unread(found: Findings | undefined): Findings | undefined {
    this.#manner.lose();
    const { stage, fields, relations } = this.plan;
    const actions = [...fields.flatMap(({ rules }) => rules), ...relations.map(({ rule }) => rule)];
    const action = actions.map((rule) => rule.action).reduce(stronger);
    const violation = { stage, field: '*', action, expected: 'named values', got: 'nothing' };
    return this.#fail({ ...violation, check: 'presence' }, found);
  }

  #violation(field: string, rule: FieldRule, check: Violation['check'], got: string): Violation {
    return { check, stage: this.plan.stage, field, action: rule.action, expected: wordsOf(rule), got };
  }

  #got(value: unknown): string {
    return this.#manner.showValues ? showScalar(value) : describeValue(value);
  }
}

function relationViolation({ name, stage, action, fields, check }: RelationRule, got: string): Violation {
  const expected = check === undefined ? 'true' : `${fields[0]} ${check} ${fields[1]}`;
  return { check: 'relation', stage, field: name, action, expected, got };
}

function added(found: Findings | undefined, violation: Violation): Findings {
  const all = found ?? new Findings();
  all.add(violation);
  return all;
}

function isMissing(value: unknown): boolean {
  return value === undefined || value === null;
}

/** What a recorder would record: numbers and texts as they are read, all else only where it is the object's own. */
function ownValue(fields: object, name: string, value: unknown): unknown {
  if (typeof value === 'number' || typeof value === 'string' || isMissing(value)) return value;
  return Object.hasOwn(fields, name) ? value : undefined;
}
