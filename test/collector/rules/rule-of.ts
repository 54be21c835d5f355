import assert from 'node:assert/strict';
import { formatMistakes } from '../../../collector/src/checked-yaml.ts';
import { loadRules } from '../../../collector/src/rules/load.ts';
import type { Rule } from '../../../collector/src/rules/rule.ts';

/** The rule `A` of the team risk with one block, written as in a rule file. */
export function ruleOf(block: string, fire: string): Rule {
  const text = `version: 1\ngroups:\n  - name: g\n    labels: { team: risk }\n    rules:\n      - alert: A\n        ${block}\n        fire: "${fire}"\n`;
  const loaded = loadRules(text, 'rules.yaml');
  assert.ok(loaded.ok, loaded.ok ? '' : formatMistakes(loaded.mistakes));
  return loaded.rules.groups[0]!.rules[0]!;
}

/** The rule `A`, judged every hour, with a `fire` in any form, and what else is to stand in it. */
export function ruleWith(block: string, fire: string, more = ''): Rule {
  const lines = [block, `fire: ${fire}`, more].filter((line) => line !== '').join('\n        ');
  const text = `version: 1\nevaluation: { interval: 1h }\ngroups:\n  - name: g\n    rules:\n      - alert: A\n        ${lines}\n`;
  const loaded = loadRules(text, 'rules.yaml');
  assert.ok(loaded.ok, loaded.ok ? '' : formatMistakes(loaded.mistakes));
  return loaded.rules.groups[0]!.rules[0]!;
}
