import type { PlainModelSettings } from '@tidemark/proto';
import {
  NO_SETTINGS,
  type SettingsChange,
  type SettingsChanged,
  type SettingsStore,
  type StoredSettings,
} from '../agent-settings/settings-store.ts';
import { type Database, type Queryable, toJson } from './database.ts';

/** Any number that is ours: changes take turns under it, so that revisions are committed in their order. */
const LOCK_KEY = 7_411_002;

type SettingsRow = {
  readonly revision: number;
  readonly changed_at: number;
  readonly changed_by: string;
  readonly settings: PlainModelSettings;
};

/** Provides the settings of agents from the store. A model version of another project is taken for none. */
export function createSettingsStore(database: Database): SettingsStore {
  return {
    newerThan: (revision) => selectNewer(database, revision),
    current: async (projectId, versionId) => {
      if (!(await isVersionOf(database, projectId, versionId))) return null;
      return (await selectCurrent(database, versionId)) ?? NO_SETTINGS;
    },
    change: (change) => changeSettings(database, change),
  };
}

async function selectNewer(db: Queryable, revision: number) {
  const rows = await db.query<SettingsRow & { project_id: number; model: string; version: string }>(
    `select distinct on (s.model_version_id) project_id, model, version, revision, changed_at, changed_by, settings
     from agent_settings s join model_version v on v.id = s.model_version_id
     where revision > $1 order by s.model_version_id, revision desc`,
    [revision],
  );
  return rows.map(({ project_id: projectId, model, version, ...row }) => ({
    projectId,
    model,
    version,
    ...toStored(row),
  }));
}

async function selectCurrent(db: Queryable, versionId: number): Promise<StoredSettings | null> {
  const [row] = await db.query<SettingsRow>(
    `select revision, changed_at, changed_by, settings from agent_settings
     where model_version_id = $1 order by revision desc limit 1`,
    [versionId],
  );
  return row === undefined ? null : toStored(row);
}

function changeSettings(
  database: Database,
  { projectId, versionId, expected, settings, changedBy }: SettingsChange,
): Promise<SettingsChanged> {
  return database.transaction(async (tx) => {
    await tx.query('select pg_advisory_xact_lock($1)', [LOCK_KEY]);
    if (!(await isVersionOf(tx, projectId, versionId))) return { kind: 'unknown' };
    const revision = (await selectCurrent(tx, versionId))?.revision ?? 0;
    if (revision !== expected) return { kind: 'conflict', revision };
    const [row] = await tx.query<SettingsRow>(
      `insert into agent_settings (model_version_id, settings, changed_by) values ($1, $2::text::jsonb, $3)
       returning revision, changed_at, changed_by, settings`,
      [versionId, toJson(settings), changedBy],
    );
    if (row === undefined) throw new Error('the settings were not stored');
    return { kind: 'stored', stored: toStored(row) };
  });
}

async function isVersionOf(db: Queryable, projectId: number, versionId: number): Promise<boolean> {
  const rows = await db.query('select 1 from model_version where id = $1 and project_id = $2', [versionId, projectId]);
  return rows.length > 0;
}

function toStored({ revision, changed_at, changed_by, settings }: SettingsRow): StoredSettings {
  return { revision, changedAt: changed_at, changedBy: changed_by, settings };
}
