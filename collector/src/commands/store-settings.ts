import { checkName, type PlainModelSettings, WireError } from '@tidemark/proto';
import type { StoredSettings } from '../agent-settings/settings-store.ts';
import { NO_SETTINGS } from '../agent-settings/settings-store.ts';
import { CollectorError } from '../errors.ts';
import { createSettingsStore } from '../store/agent-settings.ts';
import type { OpenVersion } from './open-store.ts';

/**
 * Sets what `change` makes of the settings that are there.
 * @throws {CollectorError} `SETTINGS_CONFLICT` where somebody else has changed them meanwhile.
 */
export async function storeSettings(
  { database, projectId, versionId }: OpenVersion,
  changedBy: string,
  change: (current: PlainModelSettings) => PlainModelSettings,
): Promise<StoredSettings> {
  const store = createSettingsStore(database);
  const { revision, settings } = (await store.current(projectId, versionId)) ?? NO_SETTINGS;
  const changed = await store.change({
    projectId,
    versionId,
    expected: revision,
    settings: change(settings),
    changedBy,
  });
  if (changed.kind === 'stored') return changed.stored;
  throw new CollectorError('SETTINGS_CONFLICT', 'the settings were changed by somebody else meanwhile: try again');
}

/**
 * Who changes settings, for people.
 * @throws {CollectorError} `USAGE` for a name that cannot be stored.
 */
export function changedBy(by: string | undefined): string {
  try {
    if (by !== undefined) checkName('--by', by);
    return by ?? 'cli';
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    throw new CollectorError('USAGE', error.message, { cause: error });
  }
}
