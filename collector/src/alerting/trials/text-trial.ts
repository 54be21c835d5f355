import type { Mistake } from '../../checked-yaml.ts';
import { readRulesFile } from '../../rules/load.ts';
import type { RulesFile } from '../../rules/schema-of-rules.ts';
import { checkRuleTests } from '../rule-test/load-rule-tests.ts';
import { type Mismatch, runRuleTests } from '../rule-test/run-rule-tests.ts';
import { type Incident, loadIncidents } from '../tune/incident.ts';

/** Something to do with texts alone, which may take long. Incidents come as their file has them. */
export type TextJob =
  | { readonly kind: 'read'; readonly rules: string; readonly incidents: string | null }
  | { readonly kind: 'test'; readonly rules: string; readonly test: string };

/** Rules as they are written, and incidents; or everything that is wrong with either. Both can be sent to another thread. */
export type ReadTexts =
  | { readonly ok: true; readonly file: RulesFile; readonly incidents: readonly Incident[] | null }
  | { readonly ok: false; readonly mistakes: readonly Mistake[] };

/** Names of tests in the order of their file, and what was not as expected; or everything that is wrong with the texts. */
export type RanTests =
  | { readonly ok: true; readonly tests: readonly string[]; readonly mismatches: readonly Mismatch[] }
  | { readonly ok: false; readonly mistakes: readonly Mistake[] };

/** Reads the texts of a replay. Mistakes name them `rules` and `incidents`. */
export function readTexts(rules: string, incidents: string | null): ReadTexts {
  const read = readRulesFile(rules, 'rules');
  const known = incidents === null ? null : loadIncidents(incidents, 'incidents');
  if (read.ok && known?.ok !== false) return { ok: true, file: read.file, incidents: known?.incidents ?? null };
  const mistakes = [...(read.ok ? [] : read.mistakes), ...(known === null || known.ok ? [] : known.mistakes)];
  return { ok: false, mistakes };
}

/** Runs tests on rules, whatever file the tests name. Mistakes name the texts `rules` and `test`. */
export async function runTests(
  rules: string,
  test: string,
  onTest: (over: number, of: number) => void,
): Promise<RanTests> {
  const loaded = await checkRuleTests(test, 'test', async () => ({ name: 'rules', text: rules }));
  if (!loaded.ok) return loaded;
  const tests = loaded.file.tests.map(({ name }) => name);
  return { ok: true, tests, mismatches: await runRuleTests(loaded, (over) => onTest(over, tests.length)) };
}
