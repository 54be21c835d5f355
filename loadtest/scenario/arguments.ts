import type { Scenario } from './scenario.ts';
import type { DatabaseKind } from './stage.ts';

/** What the command line asks for; null = as the scenario has it. */
export type LoadArguments = {
  readonly names: readonly string[];
  readonly json: boolean;
  /** Whether the result is kept in `loadtest/results`. */
  readonly keep: boolean;
  readonly seed: number;
  readonly agents: number | null;
  readonly seconds: number | null;
  readonly database: DatabaseKind | null;
};

const OPTIONS = '--json, --keep, --seed=n, --agents=n, --seconds=n, --database=postgres|embedded';

/** The arguments, or what is wrong with them. */
export function parseLoadArguments(
  args: readonly string[],
  scenarios: Readonly<Record<string, Scenario>>,
): LoadArguments | { mistake: string } {
  const names: string[] = [];
  const flags = new Set<string>();
  const values = new Map<string, string>();
  for (const arg of args) {
    const [, option, value] = /^--(seed|agents|seconds|database)=(.*)$/.exec(arg) ?? [];
    if (option !== undefined && value !== undefined) values.set(option, value);
    else if (arg === '--json' || arg === '--keep') flags.add(arg);
    else if (arg.startsWith('-')) return { mistake: `unknown option ${arg}; there are ${OPTIONS}` };
    else if (Object.hasOwn(scenarios, arg)) names.push(arg);
    else return { mistake: `unknown scenario '${arg}'; there are:\n${listOf(scenarios)}` };
  }
  if (names.length === 0) return { mistake: `which scenario? There are:\n${listOf(scenarios)}` };
  for (const option of ['seed', 'agents', 'seconds']) {
    const value = values.get(option);
    if (value !== undefined && !/^[1-9]\d{0,6}$/.test(value)) {
      return { mistake: `--${option}: expected a whole number from 1, got '${value}'` };
    }
  }
  const database = values.get('database') ?? null;
  if (database !== null && database !== 'postgres' && database !== 'embedded') {
    return { mistake: `--database: expected postgres or embedded, got '${database}'` };
  }
  for (const name of names) {
    const { databases } = scenarios[name] as Scenario;
    if (database !== null && !databases.includes(database)) {
      return { mistake: `${name} runs on ${databases.join(' or ')} only, not on ${database}` };
    }
  }
  const number = (option: string) => (values.has(option) ? Number(values.get(option)) : null);
  return {
    names,
    json: flags.has('--json'),
    keep: flags.has('--keep'),
    seed: number('seed') ?? 1,
    agents: number('agents'),
    seconds: number('seconds'),
    database,
  };
}

function listOf(scenarios: Readonly<Record<string, Scenario>>): string {
  return Object.entries(scenarios)
    .map(([name, { what }]) => `  ${name.padEnd(20)}${what}`)
    .join('\n');
}
