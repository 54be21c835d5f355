import { loadConfig } from '../config.ts';
import { CollectorError } from '../errors.ts';
import { createLog } from '../log.ts';
import type { Database } from '../store/database.ts';
import { findVersion } from '../store/models.ts';
import { openStore } from '../store/open.ts';

/** A model version that a command is about. */
export type OpenVersion = { readonly database: Database; readonly versionId: number };

/**
 * Runs `work` on the store that the settings name, for one model version.
 * @throws {CollectorError} `UNKNOWN_MODEL_VERSION`.
 */
export async function withVersion<T>(
  configFile: string | undefined,
  [model = '', version = '']: readonly string[],
  work: (open: OpenVersion) => Promise<T>,
): Promise<T> {
  const config = await loadConfig(configFile, process.env);
  const database = await openStore(config, createLog(config.log));
  try {
    const versionId = await findVersion(database, model, version);
    if (versionId !== null) return await work({ database, versionId });
    const text = `there is no model version ${model} ${version}; tidemark models list shows those that are there`;
    throw new CollectorError('UNKNOWN_MODEL_VERSION', text);
  } finally {
    await database.close();
  }
}
