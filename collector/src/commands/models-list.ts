import { createSettingsStore } from '../store/agent-settings.ts';
import { createApiReader } from '../store/api-reader.ts';
import { readArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { PROJECT_OPTIONS, withProject } from './open-store.ts';

export const modelsList: Command = {
  name: 'models list',
  usage: 'models list [--project NAME] [--config tidemark.yaml] [--json]',
  summary: 'List model versions: what they have served, when, and the revision of their settings (0 = none).',
  async run(args) {
    const options = { ...PROJECT_OPTIONS, json: { type: 'boolean' } } as const;
    const { values } = readArguments(args, options, { min: 0, max: 0 }, this.usage);
    return withProject(values, async ({ database, projectId }) => {
      const reader = createApiReader(database, projectId);
      const models = await reader.models();
      const versions = await Promise.all(models.map(async ({ model }) => (await reader.versions(model)) ?? []));
      const settings = (await createSettingsStore(database).newerThan(0)).filter((one) => one.projectId === projectId);
      const shown = versions.flat().map(({ id, model, version, rows, errors, first_window, last_window }) => {
        const { revision = 0 } = settings.find((one) => one.model === model && one.version === version) ?? {};
        return { id, model, version, rows, errors, first_window, last_window, settings_revision: revision };
      });
      if (values.json === true) console.log(JSON.stringify(shown, null, 2));
      else
        for (const { id, model, version, rows, first_window, last_window, settings_revision } of shown)
          console.log(
            `${id}\t${model} ${version}\t${rows} rows\t${first_window ?? '-'}\t${last_window ?? '-'}\tsettings ${settings_revision}`,
          );
      return 0;
    });
  },
};
