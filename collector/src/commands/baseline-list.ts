import { type BaselineRow, listBaselines } from '../store/baselines.ts';
import { readArguments } from './arguments.ts';
import { baselineJson, useOf } from './baseline-text.ts';
import type { Command } from './command.ts';
import { PROJECT_OPTIONS, withProject } from './open-store.ts';

export const baselineList: Command = {
  name: 'baseline list',
  usage: 'baseline list [--model NAME] [--project NAME] [--config tidemark.yaml] [--json]',
  summary: 'List references, newest first, and which revision of a name rules go by.',
  async run(args) {
    const options = { ...PROJECT_OPTIONS, model: { type: 'string' }, json: { type: 'boolean' } } as const;
    const { values } = readArguments(args, options, { min: 0, max: 0 }, this.usage);
    return withProject(values, async ({ database, projectId }) => {
      const rows = await listBaselines(database, projectId, values.model ?? null);
      if (values.json === true) console.log(JSON.stringify(rows.map(baselineJson), null, 2));
      else for (const row of rows) console.log(lineOf(row));
      return 0;
    });
  },
};

function lineOf(row: BaselineRow): string {
  const { name, model, version, revision, n_rows, source } = row;
  const created = new Date(row.created_at).toISOString();
  return [name, `${model} ${version}`, `revision ${revision} (${useOf(row)})`, `${n_rows} rows`, created, source].join(
    '\t',
  );
}
