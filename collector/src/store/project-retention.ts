import { parseDuration } from '../duration.ts';
import { CollectorError } from '../errors.ts';
import { FOREVER, KEPT, type KeptFor, withinHours } from '../kept-for.ts';
import { type Queryable, toArrayLiteral, toJson } from './database.ts';
import type { VersionsKept } from './retention-rules.ts';

/** What a project keeps for a time of its own, as it is stored: durations or `forever`. */
export type StoredRetention = Readonly<Record<string, unknown>>;

/** How long each project that says so keeps what, by its number; the others go by `keptFor`. */
export async function listProjectsKept(db: Queryable, keptFor: KeptFor): Promise<Map<number, KeptFor>> {
  const rows = await db.query<{ id: number; name: string; retention: StoredRetention }>(
    `select id, name, retention from project where retention <> '{}' order by id`,
  );
  return new Map(rows.map(({ id, name, retention }) => [id, withOwn(keptFor, name, retention)]));
}

/** The same by model versions, every one of them; empty where no project has a time of its own. */
export async function listVersionsKept(db: Queryable, keptFor: KeptFor): Promise<VersionsKept[]> {
  const projects = await listProjectsKept(db, keptFor);
  if (projects.size === 0) return [];
  const rows = await db.query<{ project: number; ids: number[] }>(
    'select project_id as project, array_agg(id order by id) as ids from model_version group by 1 order by 1',
  );
  return rows.map(({ project, ids }) => ({ versionIds: ids, keptFor: projects.get(project) ?? keptFor }));
}

/** Sets times of a project's own and takes others away. @returns what it says then. */
export async function setRetention(
  db: Queryable,
  projectId: number,
  own: Readonly<Record<string, string>>,
  asSet: readonly string[],
): Promise<StoredRetention> {
  const [row] = await db.query<{ retention: StoredRetention }>(
    `update project set retention = (retention || $2::text::jsonb) - $3::text::text[] where id = $1 returning retention`,
    [projectId, toJson(own), toArrayLiteral(asSet)],
  );
  return row?.retention ?? {};
}

/** @throws {CollectorError} `CONFIG_INVALID` naming the project: nothing is deleted on a guess. */
function withOwn(keptFor: KeptFor, project: string, stored: StoredRetention): KeptFor {
  const own: Record<string, number> = { ...keptFor };
  for (const [kept, value] of Object.entries(stored)) {
    if (!(KEPT as readonly string[]).includes(kept) || typeof value !== 'string') {
      throw unreadable(project, `${kept}: ${JSON.stringify(value)}`);
    }
    try {
      own[kept] = value === FOREVER ? Infinity : parseDuration(value);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw unreadable(project, `${kept}: ${error.message}`);
    }
  }
  return withinHours(own as KeptFor);
}

function unreadable(project: string, what: string): CollectorError {
  const expected = `expected durations or ${FOREVER} for ${KEPT.join(', ')}`;
  return new CollectorError('CONFIG_INVALID', `retention of project ${project}: ${expected}, got ${what}`);
}
