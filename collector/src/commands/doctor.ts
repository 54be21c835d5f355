import { examine } from '../doctor/examine.ts';
import { readArguments } from './arguments.ts';
import type { Command } from './command.ts';

export const doctor: Command = {
  name: 'doctor',
  usage: 'doctor [--deep] [--config tidemark.yaml] [--json]',
  summary:
    'Look at settings, machine, database and store, changing nothing, and say what is wrong and what to do; ' +
    '1 if something is wrong. --deep decodes every stored sketch instead of a sample.',
  async run(args) {
    const options = { config: { type: 'string' }, deep: { type: 'boolean' }, json: { type: 'boolean' } } as const;
    const { values } = readArguments(args, options, { min: 0, max: 0 }, this.usage);
    const findings = await examine({
      configFile: values.config,
      env: process.env,
      isDeep: values.deep === true,
      now: Date.now,
    });
    const ok = findings.every(({ state }) => state !== 'wrong');
    if (values.json === true) console.log(JSON.stringify({ ok, findings }, null, 2));
    else
      for (const { name, state, detail, advice } of findings) {
        console.log(`${state.padEnd(8)} ${name.padEnd(15)} ${detail.replaceAll('\n', `\n${' '.repeat(25)}`)}`);
        if (advice !== null) console.log(`${' '.repeat(25)}${advice}`);
      }
    return ok ? 0 : 1;
  },
};
