import { listBaselines } from '../store/baselines.ts';
import { readArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { PROJECT_OPTIONS, withProject } from './open-store.ts';

export const baselineList: Command = {
  name: 'baseline list',
  usage: 'baseline list [--model NAME] [--project NAME] [--config tidemark.yaml] [--json]',
  summary: 'List references, newest first.',
  async run(args) {
    const options = { ...PROJECT_OPTIONS, model: { type: 'string' }, json: { type: 'boolean' } } as const;
    const { values } = readArguments(args, options, { min: 0, max: 0 }, this.usage);
    return withProject(values, async ({ database, projectId }) => {
      const rows = await listBaselines(database, projectId, values.model ?? null);
      const shown = rows.map((row) => ({ ...row, created_at: new Date(row.created_at).toISOString() }));
      if (values.json === true) console.log(JSON.stringify(shown, null, 2));
      else
        for (const row of shown)
          console.log(`${row.name}\t${row.model} ${row.version}\t${row.n_rows} rows\t${row.created_at}\t${row.source}`);
      return 0;
    });
  },
};
