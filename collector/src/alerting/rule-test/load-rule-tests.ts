import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { inFileOrder, type Mistake, mistakeAt, type PositionOf, parseYaml, type YamlPath } from '../../checked-yaml.ts';
import { parseDuration } from '../../duration.ts';
import { CollectorError, messageOf } from '../../errors.ts';
import { didYouMean } from '../../near-name.ts';
import { loadRules } from '../../rules/load.ts';
import type { RuleSet } from '../../rules/rule-set.ts';
import { kindOf, WAYS } from './generated-values.ts';
import { type Generator, RULE_TESTS_SCHEMA, type RuleTest, type RuleTestsFile } from './schema-of-rule-tests.ts';

/** Width of windows where a test does not say. */
export const WINDOW = '1h';

/** Alerts that a rule raises about itself. */
const HEALTH_ALERTS = ['TidemarkNoData', 'TidemarkEvalError'];

/** Windows of one run of one test at most: a year of hours, some weeks of minutes. */
const MAX_WINDOWS = 10_000;

/** Tests that can be run, or everything that is wrong with their file or with the rules it names. */
export type LoadedRuleTests =
  | { readonly ok: true; readonly file: RuleTestsFile; readonly rules: RuleSet; readonly positionOf: PositionOf }
  | { readonly ok: false; readonly mistakes: readonly Mistake[] };

type Complain = (path: YamlPath, message: string, part?: 'key' | 'value') => void;

/**
 * Reads a file of tests and the rules it is about.
 * @throws {CollectorError} `USAGE` where the file itself cannot be read.
 */
export async function loadRuleTests(path: string): Promise<LoadedRuleTests> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new CollectorError('USAGE', `cannot read ${path}: ${messageOf(error)}`, { cause: error });
  });
  const beside = (rules: string) => join(dirname(path), rules);
  return checkRuleTests(text, path, async (name) => ({
    name: beside(name),
    text: await readFile(beside(name), 'utf8'),
  }));
}

/** Finds the rule file that tests name; what it throws is a mistake of theirs. */
export type FindRules = (name: string) => Promise<{ readonly name: string; readonly text: string }>;

/** As `loadRuleTests`, of a text; `fileName` only names it in mistakes. */
export async function checkRuleTests(text: string, fileName: string, find: FindRules): Promise<LoadedRuleTests> {
  const parsed = parseYaml(text, RULE_TESTS_SCHEMA, fileName);
  if (!parsed.ok) return { ok: false, mistakes: parsed.mistakes };
  const { value: file, positionOf } = parsed;
  const mistakes: Mistake[] = [];
  const complain: Complain = (at, message, part) => mistakes.push(mistakeAt(fileName, positionOf, at, message, part));
  const rules = await rulesOf(find, file.rules, complain, mistakes);
  checkFile(file, rules, complain);
  if (rules === null || mistakes.length > 0) return { ok: false, mistakes: inFileOrder(mistakes) };
  return { ok: true, file, rules, positionOf };
}

/** Mistakes of the rule file come along under its own name. */
async function rulesOf(
  find: FindRules,
  named: string,
  complain: Complain,
  mistakes: Mistake[],
): Promise<RuleSet | null> {
  let found: Awaited<ReturnType<FindRules>>;
  try {
    found = await find(named);
  } catch (error) {
    complain(['rules'], `cannot read ${named}: ${messageOf(error)}`);
    return null;
  }
  const loaded = loadRules(found.text, found.name);
  if (loaded.ok) return loaded.rules;
  mistakes.push(...loaded.mistakes);
  return null;
}

function checkFile(file: RuleTestsFile, rules: RuleSet | null, complain: Complain): void {
  const names = rules === null ? null : rules.groups.flatMap((group) => group.rules.map(({ alert }) => alert));
  for (const [i, one] of (file.baselines ?? []).entries()) checkGenerator(one, ['baselines', i], complain);
  for (const [i, test] of file.tests.entries()) {
    const path = ['tests', i];
    for (const [j, one] of (test.baselines ?? []).entries()) checkGenerator(one, [...path, 'baselines', j], complain);
    checkGiven(test, path, complain);
    if (names !== null) checkNames(test, path, names, complain);
  }
}

function checkGiven(test: RuleTest, path: YamlPath, complain: Complain): void {
  const width = parseDuration(test.window ?? WINDOW);
  if (width === 0) complain([...path, 'window'], 'expected a duration above 0');
  const known = new Set<string>();
  for (const [i, given] of test.given.entries()) {
    const at = [...path, 'given', i];
    const name = JSON.stringify([given.model, given.version ?? '1', given.stage ?? 'feature', given.field]);
    if (known.has(name)) complain([...at, 'field'], `the field '${given.field}' is given twice`);
    known.add(name);
    const kinds = new Set<string>();
    let windows = 0;
    for (const [j, run] of given.runs.entries()) {
      const here = [...at, 'runs', j];
      const length = parseDuration(run.for);
      if (width > 0 && (length === 0 || length % width !== 0))
        complain([...here, 'for'], `expected a multiple of the window, ${test.window ?? WINDOW}, got ${run.for}`);
      windows += width > 0 ? length / width : 0;
      const empty = (['none', 'idle'] as const).filter((key) => run[key] === true);
      if (empty.length > 0) {
        if (empty.length > 1 || WAYS.some((way) => run[way] !== undefined) || run.errors !== undefined)
          complain([...here, empty[0]!], 'there are no windows, or empty ones, or values: one of these', 'key');
        continue;
      }
      checkGenerator(run, here, complain);
      const kind = kindOf(run);
      if (kind !== null) kinds.add(kind);
    }
    if (kinds.size > 1)
      complain([...at, 'runs'], 'a series holds numbers, categories, vectors or pairs, not several of them');
    if (windows > MAX_WINDOWS) complain([...at, 'runs'], `expected at most ${MAX_WINDOWS} windows, got ${windows}`);
  }
}

function checkGenerator(generator: Generator, path: YamlPath, complain: Complain): void {
  const ways = WAYS.filter((way) => generator[way] !== undefined);
  if (ways.length !== 1) {
    const got = ways.length === 0 ? 'none' : ways.join(' and ');
    complain(path, `expected one of ${WAYS.join(', ')} here, got ${got}`);
  }
  const takesN = [generator.normal, generator.uniform, generator.vectors, generator.pairs].some(
    (way) => way !== undefined,
  );
  if (generator.n !== undefined && !takesN)
    complain(
      [...path, 'n'],
      'n belongs to normal, uniform, vectors and pairs; counts and values say how many there are',
      'key',
    );
}

function checkNames(test: RuleTest, path: YamlPath, names: readonly string[], complain: Complain): void {
  for (const [i, name] of (test.only ?? []).entries()) {
    if (!names.includes(name)) complain([...path, 'only', i], `there is no rule '${name}'${didYouMean(name, names)}`);
  }
  const judged = [...(test.only ?? names), ...HEALTH_ALERTS];
  for (const [i, { alerts }] of test.expect.entries()) {
    for (const [j, { alert }] of alerts.entries()) {
      if (judged.includes(alert)) continue;
      const why = names.includes(alert) ? 'is not among `only`' : `is no rule${didYouMean(alert, names)}`;
      complain([...path, 'expect', i, 'alerts', j, 'alert'], `'${alert}' ${why}`);
    }
  }
}
