import { readFile } from 'node:fs/promises';
import { formatMistakes } from './checked-yaml.ts';
import { CollectorError, messageOf } from './errors.ts';
import { loadRules } from './rules/load.ts';
import type { RuleSet } from './rules/rule-set.ts';

const NO_RULES: RuleSet = Object.freeze({ groups: [], receivers: [], route: null });

/** A rule file: what it says, and as it was written. */
export type RuleFile = { readonly text: string; readonly rules: RuleSet };

/**
 * The rules in a file; none where there is no file (null).
 * @throws {CollectorError} `RULES_INVALID` with every mistake of the file.
 */
export async function readRuleFile(file: string | null): Promise<RuleFile> {
  if (file === null) return { text: '', rules: NO_RULES };
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new CollectorError('RULES_INVALID', `cannot read the rule file ${file}: ${messageOf(error)}`, {
      cause: error,
    });
  }
  const loaded = loadRules(text, file);
  if (loaded.ok) return { text, rules: loaded.rules };
  throw new CollectorError('RULES_INVALID', `the rule file is not usable:\n${formatMistakes(loaded.mistakes)}`);
}

/** As `readRuleFile`, without the text. */
export async function readRules(file: string | null): Promise<RuleSet> {
  return (await readRuleFile(file)).rules;
}
