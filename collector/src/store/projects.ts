import type { Queryable } from './database.ts';

/** The project of everyone who names none; migration 6 makes it. */
export const DEFAULT_PROJECT = Object.freeze({ id: 1, name: 'default' });

/** A project as SQL answers it; times in ms. */
export type ProjectRow = {
  readonly id: number;
  readonly name: string;
  readonly created_at: number;
};

/** Creates a project. @returns its id, or null where there is one of that name. */
export async function insertProject(db: Queryable, name: string): Promise<number | null> {
  const rows = await db.query<{ id: number }>(
    'insert into project (name) values ($1) on conflict (name) do nothing returning id',
    [name],
  );
  return rows[0]?.id ?? null;
}

/** Id of a project, or null where there is none of that name. */
export async function findProject(db: Queryable, name: string): Promise<number | null> {
  const rows = await db.query<{ id: number }>('select id from project where name = $1', [name]);
  return rows[0]?.id ?? null;
}

/** All projects, the default one first. */
export function listProjects(db: Queryable): Promise<ProjectRow[]> {
  return db.query<ProjectRow>('select id, name, created_at from project order by id');
}
