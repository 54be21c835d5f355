import { loadConfig } from '../config.ts';
import { createLog } from '../log.ts';
import { listBaselines } from '../store/baselines.ts';
import { openStore } from '../store/open.ts';
import { readArguments } from './arguments.ts';
import type { Command } from './command.ts';

export const baselineList: Command = {
  name: 'baseline list',
  usage: 'baseline list [--model NAME] [--config tidemark.yaml] [--json]',
  summary: 'List references, newest first.',
  async run(args) {
    const options = { config: { type: 'string' }, model: { type: 'string' }, json: { type: 'boolean' } } as const;
    const { values } = readArguments(args, options, { min: 0, max: 0 }, this.usage);
    const config = await loadConfig(values.config, process.env);
    const database = await openStore(config, createLog(config.log));
    try {
      const rows = await listBaselines(database, values.model ?? null);
      const shown = rows.map((row) => ({ ...row, created_at: new Date(row.created_at).toISOString() }));
      if (values.json === true) console.log(JSON.stringify(shown, null, 2));
      else
        for (const row of shown)
          console.log(`${row.name}\t${row.model} ${row.version}\t${row.n_rows} rows\t${row.created_at}\t${row.source}`);
      return 0;
    } finally {
      await database.close();
    }
  },
};
