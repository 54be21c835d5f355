import { type Mistake, optionsInvalid } from '../errors.ts';
import { readOptions } from '../option-table.ts';
import type { CheckedStage, FieldCheck } from './check-options.ts';
import type { FieldRule, GuardStage } from './field-rule.ts';
import { checkGuard, fieldChecks, GUARD_TABLE, type GuardOptions } from './guard-options.ts';
import { Pattern } from './pattern.ts';
import type { RelationRule, RuleOfField } from './stage-plan.ts';
import type { GuardAction, Verdict } from './verdict.ts';

/** A check of the caller's own, completed. */
export type CustomRule = {
  readonly name: string;
  readonly before: ((fields: object, args: readonly unknown[]) => unknown) | undefined;
  readonly after: ((result: unknown, args: readonly unknown[]) => unknown) | undefined;
  readonly action: GuardAction;
  readonly timeoutMs: number;
};

/** Checked and completed options of a guard. */
export type GuardSettings = {
  readonly rules: readonly RuleOfField[];
  readonly relations: readonly RelationRule[];
  readonly custom: readonly CustomRule[];
  /** What follows where a bound of the collector's does not hold; undefined where none apply. */
  readonly boundsAction: GuardAction | undefined;
  readonly confidence: { readonly floor: number; readonly field: string; readonly action: GuardAction } | undefined;
  readonly failsClosed: boolean;
  readonly fallback: ((args: readonly unknown[], verdict: Verdict) => unknown) | undefined;
  readonly onVerdict: ((verdict: Verdict, args: readonly unknown[]) => unknown) | undefined;
  readonly showValues: boolean;
};

/** Which stages the owner of a guard can give it: those that have an extractor. */
export type GuardReads = Readonly<Record<GuardStage, boolean>>;

/**
 * Options of a guard checked, completed and frozen.
 * @throws {AgentError} TIDEMARK_OPTION_INVALID, naming every mistake at once.
 */
export function readGuard(given: unknown): GuardSettings {
  const mistakes: Mistake[] = [];
  checkGuard(given, 'guard', mistakes);
  if (mistakes.length > 0) throw optionsInvalid('guard', mistakes);
  const options = readOptions(GUARD_TABLE, given, 'guard', mistakes) as GuardOptions & { readonly action: GuardAction };
  const { action, relations = [], custom = [], confidence, bounds } = options;
  return Object.freeze({
    rules: fieldChecks(options.fields).map((check) => ruleOf(check, action)),
    relations: relations.map(({ name, stage = 'feature', fields, check, test, action: own = action }) => {
      return { name, stage, fields: [...fields], check, test: test as RelationRule['test'], action: own };
    }),
    custom: custom.map(({ name, before, after, action: own = action, timeoutMs = 1_000 }) => {
      return { name, before, after, action: own, timeoutMs } as CustomRule;
    }),
    boundsAction: typeof bounds === 'object' ? bounds.action : bounds ? 'annotate' : undefined,
    confidence: confidence && {
      floor: confidence.floor,
      field: confidence.field ?? 'value',
      action: confidence.action ?? action,
    },
    failsClosed: options.onFailure === 'closed',
    fallback: options.fallback as GuardSettings['fallback'],
    onVerdict: options.onVerdict as GuardSettings['onVerdict'],
    showValues: options.showValues === true,
  });
}

/** Adds a mistake for every stage that is to be checked and has no extractor. `extractors` are the option names. */
export function checkReads(settings: GuardSettings, reads: GuardReads, mistakes: Mistake[]): void {
  const checked = new Set<GuardStage>([...settings.rules, ...settings.relations].map(({ stage }) => stage));
  if (settings.confidence !== undefined) checked.add('confidence');
  for (const stage of checked) {
    if (reads[stage]) continue;
    const option = stage === 'feature' ? 'features' : stage;
    mistakes.push({ option, expected: `a function, since guard checks ${stage} fields`, got: 'nothing' });
  }
}

/** A rule in which nothing is asked for; numbers are unbounded but finite. */
export const NO_RULE: Omit<FieldRule, 'action'> = Object.freeze({
  required: false,
  type: undefined,
  numeric: false,
  min: -Number.MAX_VALUE,
  max: Number.MAX_VALUE,
  values: undefined,
  pattern: undefined,
  as: undefined,
});

function ruleOf(check: FieldCheck, standard: GuardAction): RuleOfField {
  const { stage = 'feature' satisfies CheckedStage, field, required, type, min, max, values, pattern, action } = check;
  const rule: FieldRule = Object.freeze({
    ...NO_RULE,
    required: required === true,
    type,
    numeric: type === 'number' || type === 'integer' || (min ?? max) !== undefined,
    min: min ?? NO_RULE.min,
    max: max ?? NO_RULE.max,
    values: values && new Set(values),
    pattern: pattern === undefined ? undefined : new Pattern(pattern),
    action: action ?? standard,
  });
  return { stage, field, rule };
}
