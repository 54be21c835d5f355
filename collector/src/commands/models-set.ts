import { readFile } from 'node:fs/promises';
import { loadModelSettings } from '../agent-settings/load.ts';
import { formatMistakes } from '../checked-yaml.ts';
import { CollectorError, messageOf } from '../errors.ts';
import { readArguments, requireOptions } from './arguments.ts';
import type { Command } from './command.ts';
import { PROJECT_OPTIONS, withVersion } from './open-store.ts';
import { changedBy, storeSettings } from './store-settings.ts';

export const modelsSet: Command = {
  name: 'models set',
  usage: 'models set MODEL VERSION --file settings.yaml [--by NAME] [--project NAME] [--config tidemark.yaml] [--json]',
  summary:
    'Set what the agents of a model version are to go by, as a whole; they get it within seconds. Beside a collector ' +
    'on the embedded store use PUT /api/v1/models/ID/settings instead.',
  async run(args) {
    const options = {
      ...PROJECT_OPTIONS,
      file: { type: 'string' },
      by: { type: 'string' },
      json: { type: 'boolean' },
    } as const;
    const { values, positionals } = readArguments(args, options, { min: 2, max: 2 }, this.usage);
    const { file } = requireOptions(values, ['file'], this.usage);
    const by = changedBy(values.by);
    // A file with mistakes is refused before the store is opened, and perhaps made.
    const settings = await readSettings(file);
    return withVersion(values, positionals, async (open) => {
      const { revision } = await storeSettings(open, by, () => settings);
      const [model, version] = positionals;
      if (values.json === true) console.log(JSON.stringify({ model, version, revision }));
      else console.log(`settings of ${model} ${version} are at revision ${revision}`);
      return 0;
    });
  },
};

async function readSettings(file: string) {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new CollectorError('USAGE', `cannot read ${file}: ${messageOf(error)}`, { cause: error });
  });
  const loaded = loadModelSettings(text, file);
  if (loaded.ok) return loaded.settings;
  throw new CollectorError('SETTINGS_INVALID', `the settings are not usable:\n${formatMistakes(loaded.mistakes)}`);
}
