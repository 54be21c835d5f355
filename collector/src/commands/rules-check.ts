import { readFile } from 'node:fs/promises';
import { formatMistakes } from '../checked-yaml.ts';
import { CollectorError, messageOf } from '../errors.ts';
import { loadRules } from '../rules/load.ts';
import { readArguments } from './arguments.ts';
import type { Command } from './command.ts';

export const rulesCheck: Command = {
  name: 'rules check',
  usage: 'rules check FILE... [--json]',
  summary: 'Report every mistake in rule files, with line and column.',
  async run(args) {
    const { values, positionals } = readArguments(
      args,
      { json: { type: 'boolean' } },
      { min: 1, max: 100 },
      this.usage,
    );
    const checked = await Promise.all(positionals.map(check));
    const mistakes = checked.flatMap((one) => one.mistakes);
    const rules = checked.reduce((sum, one) => sum + one.rules, 0);
    if (values.json === true) console.log(JSON.stringify({ rules, mistakes }, null, 2));
    else if (mistakes.length > 0) console.log(formatMistakes(mistakes));
    else console.log(`${rules} rules in ${positionals.length} file(s), no mistakes`);
    return mistakes.length > 0 ? 1 : 0;
  },
};

async function check(file: string) {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new CollectorError('USAGE', `cannot read ${file}: ${messageOf(error)}`, { cause: error });
  });
  const loaded = loadRules(text, file);
  if (!loaded.ok) return { rules: 0, mistakes: loaded.mistakes };
  return { rules: loaded.rules.groups.reduce((sum, group) => sum + group.rules.length, 0), mistakes: [] };
}
