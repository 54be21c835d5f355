import { meansField } from './field-pattern.ts';
import type { Rule } from './rule.ts';

/** The rule as it is for one field: its overrides' first that means it, a whole name before patterns; else the rule itself. */
export function ruleOfField(rule: Rule, field: string | undefined): Rule {
  if (field === undefined || rule.overrides.length === 0) return rule;
  const found =
    rule.overrides.find(({ pattern }) => pattern === field) ??
    rule.overrides.find(({ pattern }) => meansField(pattern, field));
  return found?.rule ?? rule;
}
