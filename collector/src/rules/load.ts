import { inFileOrder, type Mistake, mistakeAt, parseYaml } from '../checked-yaml.ts';
import type { Complain } from './complain.ts';
import { complete } from './complete.ts';
import { checkRoutes } from './route-checks.ts';
import { checkRules } from './rule-checks.ts';
import type { RuleSet } from './rule-set.ts';
import { RULES_SCHEMA, type RulesFile } from './schema-of-rules.ts';

/** The rules of a file, or everything that is wrong with it. */
export type LoadedRules =
  | { readonly ok: true; readonly rules: RuleSet }
  | { readonly ok: false; readonly mistakes: readonly Mistake[] };

/** A rule file as it is written, plain data without a mistake, or everything that is wrong with it. */
export type CheckedRules =
  | { readonly ok: true; readonly file: RulesFile }
  | { readonly ok: false; readonly mistakes: readonly Mistake[] };

/**
 * Checks a rule file. Mistakes of form and of meaning come back together, in file order, each with line and column;
 * `fileName` only names the file in them. Never throws for anything a file can contain.
 */
export function readRulesFile(text: string, fileName: string): CheckedRules {
  const parsed = parseYaml(text, RULES_SCHEMA, fileName);
  const mistakes: Mistake[] = parsed.ok ? [] : [...parsed.mistakes];
  const { positionOf } = parsed;
  if (positionOf) {
    // What several rules inherit is one mistake.
    const complain: Complain = (path, message, part) => {
      const mistake = mistakeAt(fileName, positionOf, path, message, part);
      if (!mistakes.some((one) => one.path === mistake.path && one.message === message)) mistakes.push(mistake);
    };
    checkRules(parsed.value, complain);
    checkRoutes(parsed.value, complain);
  }
  if (!parsed.ok || mistakes.length > 0) return { ok: false, mistakes: inFileOrder(mistakes) };
  return { ok: true, file: parsed.value };
}

/** As `readRulesFile`, and makes rules of it. */
export function loadRules(text: string, fileName: string): LoadedRules {
  const read = readRulesFile(text, fileName);
  return read.ok ? { ok: true, rules: complete(read.file) } : read;
}
