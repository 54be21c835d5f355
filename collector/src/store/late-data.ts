import { type Queryable, toArrayLiteral } from './database.ts';

/** Late windows of a project: the start (ms) of the oldest, and the marks that say so. */
export type LateMarks = {
  readonly since: number;
  readonly marks: readonly { readonly part: number; readonly notedAt: string }[];
};

/** A window that was written, and the project of its model version; times in ms. */
export type ProjectWindow = { readonly projectId: number; readonly widthMs: number; readonly start: number };

/**
 * Notes, in the transaction that writes them, which windows end at or before a tick that was judged or is being judged. The
 * frontier is held until the commit, so that nobody begins a tick that could miss them.
 */
export async function noteLateWindows(tx: Queryable, part: number, windows: readonly ProjectWindow[]): Promise<void> {
  if (windows.length === 0) return;
  const projectIds = [...new Set(windows.map(({ projectId }) => projectId))];
  let ticks = await holdFrontiers(tx, projectIds);
  if (ticks.size < projectIds.length) {
    await beginFrontiers(tx, projectIds);
    ticks = await holdFrontiers(tx, projectIds);
  }
  const late = new Map<number, number>();
  for (const { projectId, start, widthMs } of windows) {
    if (start + widthMs > (ticks.get(projectId) ?? -Infinity)) continue;
    late.set(projectId, Math.min(late.get(projectId) ?? start, start));
  }
  if (late.size === 0) return;
  await tx.query(
    `insert into late_data (project_id, part, since)
     select id, $1::int, to_timestamp(s) from unnest($2::text::int[], $3::text::float8[]) as t (id, s) order by id
     on conflict (project_id, part) do update set
       since = least(late_data.since, excluded.since), noted_at = clock_timestamp()`,
    [part, toArrayLiteral([...late.keys()]), toArrayLiteral([...late.values()].map((since) => since / 1000))],
  );
}

/** How far each project has been judged (ms), held until the commit. */
async function holdFrontiers(tx: Queryable, projectIds: readonly number[]): Promise<Map<number, number>> {
  const rows = await tx.query<{ id: number; tick: number }>(
    `select project_id as id, tick from judging_frontier where project_id = any($1::text::int[]) order by project_id for share`,
    [toArrayLiteral(projectIds)],
  );
  return new Map(rows.map(({ id, tick }) => [id, tick]));
}

/** A project that was never judged has no frontier to hold; it begins before all time. */
async function beginFrontiers(tx: Queryable, projectIds: readonly number[]): Promise<void> {
  await tx.query(
    `insert into judging_frontier (project_id, tick)
     select id, timestamptz '-infinity' from unnest($1::text::int[]) as id order by id on conflict do nothing`,
    [toArrayLiteral(projectIds)],
  );
}

/** Moves the frontier on to a tick (ms) that is about to be judged; waits for windows that are just being written. */
export async function moveFrontier(db: Queryable, projectId: number, tick: number): Promise<void> {
  await db.query(
    `insert into judging_frontier (project_id, tick) values ($1, $2)
     on conflict (project_id) do update set tick = greatest(judging_frontier.tick, excluded.tick)`,
    [projectId, new Date(tick)],
  );
}

/** What has been late for at least `heldMs` (wall clock); null for nothing. */
export async function selectLate(db: Queryable, projectId: number, heldMs: number): Promise<LateMarks | null> {
  const rows = await db.query<{ part: number; since: number; noted: string; due: boolean }>(
    `select part, since, noted_at::text as noted, first_noted_at <= now() - make_interval(secs => $2::float8) as due
     from late_data where project_id = $1`,
    [projectId, heldMs / 1000],
  );
  if (!rows.some(({ due }) => due)) return null;
  return {
    since: Math.min(...rows.map(({ since }) => since)),
    marks: rows.map(({ part, noted }) => ({ part, notedAt: noted })),
  };
}

/** Takes marks away, but for those that were renewed since they were read. */
export async function deleteLate(db: Queryable, projectId: number, { marks }: LateMarks): Promise<void> {
  await db.query(
    `delete from late_data d using unnest($2::text::int[], $3::text::text[]) as m (part, noted)
     where d.project_id = $1 and d.part = m.part and d.noted_at = m.noted::timestamptz`,
    [projectId, toArrayLiteral(marks.map(({ part }) => part)), toArrayLiteral(marks.map(({ notedAt }) => notedAt))],
  );
}
