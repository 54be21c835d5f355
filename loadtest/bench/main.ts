import { type Arguments, parseArguments } from './arguments.ts';
import { WrongUse } from './bench.ts';
import { BENCHES } from './benches.ts';
import { exitCode } from './budget.ts';
import { thisMachine } from './machine.ts';
import { newestResult, writeResult } from './result-file.ts';

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const asked = parseArguments(args, Object.keys(BENCHES));
  try {
    if ('mistake' in asked) throw new WrongUse(asked.mistake);
    let code = 0;
    for (const name of asked.names) code = Math.max(code, asked.readme ? readme(name) : await bench(name, asked));
    return code;
  } catch (error) {
    if (!(error instanceof WrongUse)) throw error;
    console.error(error.message);
    return 2;
  }
}

async function bench(name: string, { json, quick, only }: Arguments): Promise<number> {
  const progress = (step: string) => console.error(`${name}: ${step}`);
  const { gates, text, record } = await BENCHES[name]!.run({ quick, only, progress });
  const machine = thisMachine();
  if (!json) console.log(text);
  if (!quick && only === null) {
    progress(`kept in loadtest/results/${writeResult(name, { name, machine, gates, ...record }, new Date())}`);
  }
  if (json) console.log(JSON.stringify({ name, machine, gates }));
  return exitCode(gates);
}

function readme(name: string): number {
  const write = BENCHES[name]!.writeReadme;
  if (write === undefined) throw new WrongUse(`'${name}' has no README to write`);
  const result = newestResult(name);
  if (result === null) throw new WrongUse(`there are no results of '${name}': npm run bench -- ${name}`);
  console.log(`wrote ${write(result)}`);
  return 0;
}
