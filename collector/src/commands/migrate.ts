import { loadConfig } from '../config.ts';
import { createLog } from '../log.ts';
import { migrateStore, openDatabase } from '../store/open.ts';
import { checkSchema } from '../store/schema-check.ts';
import { useTimescale } from '../store/timescale.ts';
import { readArguments } from './arguments.ts';
import type { Command } from './command.ts';

export const migrate: Command = {
  name: 'migrate',
  usage: 'migrate [--check] [--config tidemark.yaml] [--json]',
  summary: 'Bring the store to the schema of this program and stop; --check only tells, with 1 if it is not there.',
  async run(args) {
    const options = { check: { type: 'boolean' }, config: { type: 'string' }, json: { type: 'boolean' } } as const;
    const { values } = readArguments(args, options, { min: 0, max: 0 }, this.usage);
    const config = await loadConfig(values.config, process.env);
    const log = createLog(config.log);
    if (values.check === true) {
      const state = await checkSchema(config, log);
      const schema = state.applied.at(-1)?.version ?? 0;
      const pending = state.pending.map(({ name }) => name);
      const edited = state.edited.map(({ name }) => name);
      if (values.json === true) console.log(JSON.stringify({ schema, pending, edited, unknown: state.unknown }));
      else {
        console.log(`the store is at schema ${schema}`);
        for (const name of pending) console.log(`pending: ${name}`);
        for (const name of edited) console.log(`edited after it was applied: ${name}`);
        for (const version of state.unknown) console.log(`not known to this program: ${version}`);
      }
      return pending.length + edited.length + state.unknown.length > 0 ? 1 : 0;
    }
    const database = await openDatabase(config, log);
    try {
      const report = await migrateStore(database, log);
      await useTimescale(database);
      if (values.json === true) console.log(JSON.stringify(report));
      else {
        for (const name of report.applied) console.log(`applied: ${name}`);
        console.log(`the store was at schema ${report.from} and is at ${report.to}, the schema of this program`);
      }
      return 0;
    } finally {
      await database.close();
    }
  },
};
