import type { FieldRule, GuardStage } from './field-rule.ts';
import type { GuardAction } from './verdict.ts';

/** How two fields compare where all is well. */
export type Comparison = '<' | '<=' | '=' | '>=' | '>' | '!=';

/** What must hold between fields of one stage: a comparison of the first two, or a function of the caller's. */
export type RelationRule = {
  readonly name: string;
  readonly stage: GuardStage;
  readonly fields: readonly string[];
  readonly check: Comparison | undefined;
  readonly test: ((fields: object) => unknown) | undefined;
  readonly action: GuardAction;
};

/** A rule and the field it is about. */
export type RuleOfField = { readonly stage: GuardStage; readonly field: string; readonly rule: FieldRule };

/** One field that is read once: what it must be, and the slot it is kept in for the relations (-1: none). */
export type PlannedField = { readonly name: string; readonly rules: readonly FieldRule[]; readonly slot: number };

/** A relation and the slots of its fields. */
export type PlannedRelation = { readonly rule: RelationRule; readonly slots: readonly number[] };

/** All that is checked of one stage, in the order it is done. */
export type StagePlan = {
  readonly stage: GuardStage;
  readonly fields: readonly PlannedField[];
  readonly relations: readonly PlannedRelation[];
  /** Slots that the relations need. */
  readonly slots: number;
};

/** Puts the rules of one stage together, so that every field is read once; undefined where nothing is to be done. */
export function planStage(
  stage: GuardStage,
  rules: readonly RuleOfField[],
  relations: readonly RelationRule[],
): StagePlan | undefined {
  const byField = new Map<string, FieldRule[]>();
  for (const { stage: own, field, rule } of rules) {
    if (own !== stage) continue;
    byField.set(field, [...(byField.get(field) ?? []), rule]);
  }
  const slots = new Map<string, number>();
  const planned: PlannedRelation[] = [];
  for (const rule of relations) {
    if (rule.stage !== stage) continue;
    for (const field of rule.fields) {
      if (!slots.has(field)) slots.set(field, slots.size);
      if (!byField.has(field)) byField.set(field, []);
    }
    planned.push({ rule, slots: rule.fields.map((field) => slots.get(field) ?? -1) });
  }
  if (byField.size === 0) return undefined;
  const fields = [...byField].map(([name, own]) => ({ name, rules: own, slot: slots.get(name) ?? -1 }));
  return { stage, fields, relations: planned, slots: slots.size };
}
