import { thisMachine } from '../bench/machine.ts';
import { writeResult } from '../bench/result-file.ts';
import { figures as inFigures, textTable } from '../bench/text-table.ts';
import { type LoadArguments, parseLoadArguments } from './arguments.ts';
import { whyNoPostgres } from './own-postgres.ts';
import type { Scenario, ScenarioResult } from './scenario.ts';
import { SCENARIOS } from './scenarios.ts';

process.exitCode = await main(process.argv.slice(2));

/** 0 = everything held, 1 = something did not, 2 = wrong use. */
async function main(args: readonly string[]): Promise<number> {
  const asked = parseLoadArguments(args, SCENARIOS);
  if ('mistake' in asked) {
    console.error(asked.mistake);
    return 2;
  }
  let code = 0;
  for (const name of asked.names) code = Math.max(code, await load(name, SCENARIOS[name] as Scenario, asked));
  return code;
}

async function load(name: string, scenario: Scenario, asked: LoadArguments): Promise<number> {
  const [usual = 'postgres'] = scenario.databases;
  const database = asked.database ?? usual;
  const reason = database === 'postgres' ? whyNoPostgres() : undefined;
  if (reason !== undefined) {
    console.error(`${name}: ${reason}`);
    return 2;
  }
  const { seed } = asked;
  const agents = asked.agents ?? scenario.agents;
  const seconds = asked.seconds ?? scenario.seconds;
  const progress = (step: string) => console.error(`${name}: ${step}`);
  progress(`${scenario.what} (${database}, ${agents} agents, seed ${seed})`);
  const { figures, checks } = await scenario.run({ seed, agents, seconds, database, progress });
  const record = { name, machine: thisMachine(), database, seed, agents, seconds, checks, figures };
  if (asked.keep) {
    const kept = database === usual ? `load-${name}` : `load-${name}-${database}`;
    progress(`kept in loadtest/results/${writeResult(kept, record, new Date())}`);
  }
  console.log(asked.json ? JSON.stringify(record) : toText({ figures, checks }));
  return checks.every(({ pass }) => pass) ? 0 : 1;
}

function toText({ figures, checks }: ScenarioResult): string {
  const shown = (value: number | string | null) => {
    if (typeof value !== 'number' || Number.isInteger(value)) return String(value ?? '-');
    return inFigures(value);
  };
  const measured = Object.entries(figures).map(([name, value]) => [name, shown(value)]);
  const held = checks.map(({ what, value, pass }) => [what, shown(value), pass ? 'pass' : 'FAIL']);
  return `${textTable(['figure', 'value'], measured)}\n\n${textTable(['what had to hold', 'value', 'verdict'], held)}`;
}
