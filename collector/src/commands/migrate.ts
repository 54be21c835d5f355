import { loadConfig } from '../config.ts';
import { createLog } from '../log.ts';
import { openStore } from '../store/open.ts';
import { readArguments } from './arguments.ts';
import type { Command } from './command.ts';

export const migrate: Command = {
  name: 'migrate',
  usage: 'migrate [--config tidemark.yaml]',
  summary: 'Bring the store to the schema of this program and stop.',
  async run(args) {
    const { values } = readArguments(args, { config: { type: 'string' } }, { min: 0, max: 0 }, this.usage);
    const config = await loadConfig(values.config, process.env);
    const database = await openStore(config, createLog(config.log));
    await database.close();
    console.log('the store is at the schema of this program');
    return 0;
  },
};
