import { createSettingsStore } from '../store/agent-settings.ts';
import { readArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { PROJECT_OPTIONS, withVersion } from './open-store.ts';
import { settingsText } from './settings-text.ts';

export const modelsSettings: Command = {
  name: 'models settings',
  usage: 'models settings MODEL VERSION [--project NAME] [--config tidemark.yaml] [--json]',
  summary: 'Show what the agents of a model version are to go by, as the file that would set it.',
  async run(args) {
    const options = { ...PROJECT_OPTIONS, json: { type: 'boolean' } } as const;
    const { values, positionals } = readArguments(args, options, { min: 2, max: 2 }, this.usage);
    return withVersion(values, positionals, async ({ database, projectId, versionId }) => {
      const stored = await createSettingsStore(database).current(projectId, versionId);
      const { revision = 0, changedAt = 0, changedBy = '', settings = { bounds: [] } } = stored ?? {};
      const changed_at = revision === 0 ? null : new Date(changedAt).toISOString();
      const changed_by = revision === 0 ? null : changedBy;
      if (values.json === true) console.log(JSON.stringify({ revision, changed_at, changed_by, settings }, null, 2));
      else if (revision === 0) console.log('# revision 0: nothing was ever set, agents go by their own options');
      else console.log(`# revision ${revision}, changed ${changed_at} by ${changed_by}\n${settingsText(settings)}`);
      return 0;
    });
  },
};
