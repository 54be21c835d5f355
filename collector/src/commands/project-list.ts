import { listProjects } from '../store/projects.ts';
import { readArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { withStore } from './open-store.ts';

export const projectList: Command = {
  name: 'project list',
  usage: 'project list [--config tidemark.yaml] [--json]',
  summary: 'List projects.',
  async run(args) {
    const options = { config: { type: 'string' }, json: { type: 'boolean' } } as const;
    const { values } = readArguments(args, options, { min: 0, max: 0 }, this.usage);
    return withStore(values.config, async (database) => {
      const rows = await listProjects(database);
      const shown = rows.map((row) => ({ ...row, created_at: new Date(row.created_at).toISOString() }));
      if (values.json === true) console.log(JSON.stringify(shown, null, 2));
      else for (const { name, created_at } of shown) console.log(`${name}\t${created_at}`);
      return 0;
    });
  },
};
