import { type OwnedVersion, type VersionDescription, versionKey } from '../ingest/batch.ts';
import { type Queryable, toArrayLiteral, toJson } from './database.ts';

/** A model version as it is stored; times are event time in ms. */
export type VersionRow = {
  readonly id: number;
  readonly model: string;
  readonly version: string;
  readonly dataset: { uri: string; from: string; to: string } | null;
  readonly git_commit: string | null;
  readonly artifact_sha256: string | null;
  readonly tags: Record<string, string>;
  readonly fields: VersionDescription['fields'];
  readonly first_window: number | null;
  readonly last_window: number | null;
};

type IdRow = { id: number; project_id: number; model: string; version: string };

/** Creates the versions or renews what is said of them; ids by `versionKey`. */
export async function describeVersions(
  tx: Queryable,
  versions: readonly (VersionDescription & OwnedVersion)[],
): Promise<Map<string, number>> {
  const rows = await tx.query<IdRow>(
    `insert into model_version (project_id, model, version, dataset, git_commit, artifact_sha256, tags, fields)
     select (v->>'projectId')::int, v->>'model', v->>'version', nullif(v->'dataset', 'null'), v->>'gitCommit', v->>'artifactSha256', v->'tags', v->'fields'
     from jsonb_array_elements($1::jsonb) as v
     order by 1, 2, 3
     on conflict (project_id, model, version) do update set
       dataset = coalesce(excluded.dataset, model_version.dataset),
       git_commit = coalesce(excluded.git_commit, model_version.git_commit),
       artifact_sha256 = coalesce(excluded.artifact_sha256, model_version.artifact_sha256),
       tags = model_version.tags || excluded.tags,
       fields = case when excluded.fields = '[]' then model_version.fields else excluded.fields end
     returning id, project_id, model, version`,
    [toJson(versions)],
  );
  return byKey(rows);
}

/** Id of a version, which is created with nothing but its name if it does not exist. */
export async function ensureVersion(db: Queryable, projectId: number, model: string, version: string): Promise<number> {
  const ids = await describeVersions(db, [
    { projectId, model, version, dataset: null, gitCommit: null, artifactSha256: null, tags: {}, fields: [] },
  ]);
  const id = ids.get(versionKey({ projectId, model, version }));
  if (id === undefined) throw new Error(`model version ${model} ${version} was neither found nor created`);
  return id;
}

/** Ids of those versions that exist, by `versionKey`. */
export async function findVersions(tx: Queryable, versions: readonly OwnedVersion[]): Promise<Map<string, number>> {
  const rows = await tx.query<IdRow>(
    `select id, project_id, model, version from model_version
     join unnest($1::text::int[], $2::text::text[], $3::text::text[]) as named (project_id, model, version)
       using (project_id, model, version)`,
    [
      toArrayLiteral(versions.map((v) => v.projectId)),
      toArrayLiteral(versions.map((v) => v.model)),
      toArrayLiteral(versions.map((v) => v.version)),
    ],
  );
  return byKey(rows);
}

/** Id of a version, or null where there is none of that name. */
export async function findVersion(
  db: Queryable,
  projectId: number,
  model: string,
  version: string,
): Promise<number | null> {
  const owned = { projectId, model, version };
  return (await findVersions(db, [owned])).get(versionKey(owned)) ?? null;
}

/** Versions that a model has. */
export async function countVersions(tx: Queryable, projectId: number, model: string): Promise<number> {
  const rows = await tx.query<{ n: number }>(
    'select count(*) as n from model_version where project_id = $1 and model = $2',
    [projectId, model],
  );
  return rows[0]?.n ?? 0;
}

/** Widens the event-time span of versions. */
export async function noteSpans(
  tx: Queryable,
  spans: ReadonlyMap<number, { from: number; to: number }>,
): Promise<void> {
  if (spans.size === 0) return;
  const ordered = [...spans].sort(([a], [b]) => a - b);
  await tx.query(
    `update model_version set
       first_window = least(first_window, to_timestamp(span.from_s)),
       last_window = greatest(last_window, to_timestamp(span.to_s))
     from unnest($1::text::int[], $2::text::float8[], $3::text::float8[]) as span (id, from_s, to_s)
     where model_version.id = span.id
       and (first_window is null or first_window > to_timestamp(span.from_s) or last_window < to_timestamp(span.to_s))`,
    [
      toArrayLiteral(ordered.map(([id]) => id)),
      toArrayLiteral(ordered.map(([, { from }]) => from / 1000)),
      toArrayLiteral(ordered.map(([, { to }]) => to / 1000)),
    ],
  );
}

/** Names of the models of a project. */
export async function listModels(db: Queryable, projectId: number): Promise<string[]> {
  const rows = await db.query<{ model: string }>(
    'select distinct model from model_version where project_id = $1 order by model',
    [projectId],
  );
  return rows.map(({ model }) => model);
}

/** Versions of a model, oldest first by event time; those without data come last. */
export function listVersions(db: Queryable, projectId: number, model: string): Promise<VersionRow[]> {
  return db.query<VersionRow>(
    `select id, model, version, dataset, git_commit, artifact_sha256, tags, fields, first_window, last_window
     from model_version where project_id = $1 and model = $2 order by first_window nulls last, id`,
    [projectId, model],
  );
}

/** Start of the newest window of any version, or null where nothing is stored. */
export async function newestWindowStart(db: Queryable): Promise<number | null> {
  const rows = await db.query<{ newest: number | null }>(
    `select greatest((select max(window_start) from traffic_1m), (select max(window_start) from traffic_1h)) as newest`,
  );
  return rows[0]?.newest ?? null;
}

function byKey(rows: readonly IdRow[]): Map<string, number> {
  return new Map(
    rows.map(({ id, project_id: projectId, model, version }) => [versionKey({ projectId, model, version }), id]),
  );
}
