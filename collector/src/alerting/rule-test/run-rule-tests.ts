import type { Position } from '../../checked-yaml.ts';
import { parseDuration } from '../../duration.ts';
import type { RuleSet } from '../../rules/rule-set.ts';
import { Engine } from '../engine.ts';
import type { StoredAlert } from '../judge-store.ts';
import { MemoryJudgeStore } from '../memory-judge-store.ts';
import { GivenSource, START } from './given-source.ts';
import { type LoadedRuleTests, WINDOW } from './load-rule-tests.ts';
import type { ExpectedAlert, RuleTest } from './schema-of-rule-tests.ts';

/** An alert as it is compared; `labels` of an expected one are those that it has to have. */
export type ComparedAlert = {
  readonly alert: string;
  readonly state: string;
  readonly labels: Readonly<Record<string, string>>;
};

/** A moment at which alerts were not as expected: those that were not there, and those that nobody expected. */
export type Mismatch = {
  readonly test: string;
  readonly at: string;
  readonly position: Position;
  readonly missing: readonly ComparedAlert[];
  readonly unexpected: readonly ComparedAlert[];
};

/** Runs all tests of a file; what is not as expected, in the order of the file. `onTest` is told how many are over. */
export async function runRuleTests(
  loaded: Extract<LoadedRuleTests, { ok: true }>,
  onTest: (over: number) => void = () => undefined,
): Promise<Mismatch[]> {
  const mismatches: Mismatch[] = [];
  for (const [i, test] of loaded.file.tests.entries()) {
    const baselines = [...(loaded.file.baselines ?? []), ...(test.baselines ?? [])];
    const source = new GivenSource(parseDuration(test.window ?? WINDOW), test.given, baselines);
    const states = await statesAt(test, loaded.rules, source);
    for (const [j, { at, alerts }] of test.expect.entries()) {
      const { missing, unexpected } = compare(alerts, states.get(at) ?? []);
      if (missing.length + unexpected.length === 0) continue;
      const position = loaded.positionOf(['tests', i, 'expect', j, 'at']);
      mismatches.push({ test: test.name, at, position, missing, unexpected });
    }
    onTest(i + 1);
  }
  return mismatches;
}

/** What is not inactive at each moment that is asked for. */
async function statesAt(test: RuleTest, rules: RuleSet, source: GivenSource): Promise<Map<string, StoredAlert[]>> {
  const groups = rules.groups.map((group) => ({
    ...group,
    queryOffsetMs: 0,
    rules: group.rules.filter(({ alert }) => test.only?.includes(alert) ?? true),
  }));
  const store = new MemoryJudgeStore(START, () => undefined);
  const engine = new Engine({
    rules: { ...rules, groups },
    source,
    store,
    publicUrl: null,
    onTick: () => undefined,
  });
  const moments = [...new Set(test.expect.map(({ at }) => at))].sort((a, b) => parseDuration(a) - parseDuration(b));
  const states = new Map<string, StoredAlert[]>();
  for (const at of moments) {
    await engine.judgeUntil(START + parseDuration(at), () => false);
    const alerts: StoredAlert[] = [];
    for (const { name } of groups) alerts.push(...(await store.alerts(name)));
    states.set(
      at,
      alerts.filter(({ state }) => state.kind !== 'inactive'),
    );
  }
  return states;
}

function compare(
  expected: readonly ExpectedAlert[],
  found: readonly StoredAlert[],
): { missing: ComparedAlert[]; unexpected: ComparedAlert[] } {
  const left = found.map(
    ({ alertname, state, labels }): ComparedAlert => ({ alert: alertname, state: state.kind, labels }),
  );
  const missing: ComparedAlert[] = [];
  // Those that say most are matched first, so that a vague one does not take what a precise one needs.
  const precise = expected.toSorted((a, b) => sizeOf(b.labels) - sizeOf(a.labels));
  for (const { alert, state, labels = {} } of precise) {
    const match = left.findIndex(
      (one) =>
        one.alert === alert &&
        one.state === state &&
        Object.entries(labels).every(([name, value]) => one.labels[name] === value),
    );
    if (match < 0) missing.push({ alert, state, labels });
    else left.splice(match, 1);
  }
  return { missing, unexpected: left };
}

function sizeOf(labels: object = {}): number {
  return Object.keys(labels).length;
}

/** A mismatch for people: where it is expected, then what lacks (-) and what is there instead (+). */
export function mismatchText(file: string, { test, at, position, missing, unexpected }: Mismatch): string {
  return [
    `${file}:${position.line}:${position.column} ${test}: not as expected at ${at} (- expected, + got)`,
    ...missing.map((one) => `  - ${alertText(one)}`),
    ...unexpected.map((one) => `  + ${alertText(one)}`),
  ].join('\n');
}

function alertText({ alert, state, labels }: ComparedAlert): string {
  const told = Object.entries(labels).filter(([name]) => name !== 'alertname');
  return [alert, state, ...told.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, value]) => `${name}=${value}`)].join(
    ' ',
  );
}
