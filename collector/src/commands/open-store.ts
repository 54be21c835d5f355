import { loadConfig } from '../config.ts';
import { CollectorError } from '../errors.ts';
import { createLog } from '../log.ts';
import { didYouMean } from '../near-name.ts';
import type { Database } from '../store/database.ts';
import { findVersion } from '../store/models.ts';
import { openStore } from '../store/open.ts';
import { DEFAULT_PROJECT, findProject, listProjects } from '../store/projects.ts';

/** A project that a command is about. */
export type OpenProject = { readonly database: Database; readonly projectId: number };

/** A model version that a command is about. */
export type OpenVersion = OpenProject & { readonly versionId: number };

/** What every command about a project takes: where the settings are, and the project, which is `default` where none is named. */
export const PROJECT_OPTIONS = { config: { type: 'string' }, project: { type: 'string' } } as const;
export type ProjectValues = { readonly config?: string | undefined; readonly project?: string | undefined };

/** Runs `work` on the store that the settings name. */
export async function withStore<T>(
  configFile: string | undefined,
  work: (database: Database) => Promise<T>,
): Promise<T> {
  const config = await loadConfig(configFile, process.env);
  const database = await openStore(config, createLog(config.log));
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

/**
 * Runs `work` on the store that the settings name, for one project.
 * @throws {CollectorError} `UNKNOWN_PROJECT`.
 */
export function withProject<T>(
  { config, project = DEFAULT_PROJECT.name }: ProjectValues,
  work: (open: OpenProject) => Promise<T>,
): Promise<T> {
  return withStore(config, async (database) => work({ database, projectId: await projectNamed(database, project) }));
}

/**
 * Runs `work` on the store that the settings name, for one model version.
 * @throws {CollectorError} `UNKNOWN_PROJECT` or `UNKNOWN_MODEL_VERSION`.
 */
export function withVersion<T>(
  values: ProjectValues,
  [model = '', version = '']: readonly string[],
  work: (open: OpenVersion) => Promise<T>,
): Promise<T> {
  return withProject(values, async ({ database, projectId }) => {
    const versionId = await findVersion(database, projectId, model, version);
    if (versionId !== null) return work({ database, projectId, versionId });
    const text = `there is no model version ${model} ${version}; tidemark models list shows those that are there`;
    throw new CollectorError('UNKNOWN_MODEL_VERSION', text);
  });
}

/** Id of a project. @throws {CollectorError} `UNKNOWN_PROJECT`. */
export async function projectNamed(database: Database, name: string): Promise<number> {
  const id = await findProject(database, name);
  if (id !== null) return id;
  const hint = didYouMean(
    name,
    (await listProjects(database)).map((one) => one.name),
  );
  throw new CollectorError(
    'UNKNOWN_PROJECT',
    `there is no project ${name}${hint}; tidemark project list shows those that are there, project create makes one`,
  );
}
