import { type Queryable, toArrayLiteral } from './database.ts';
import type { WrittenWindow } from './rollup-marks.ts';

/** Late windows of a project: the start (ms) of the oldest, and the marks that say so. */
export type LateMarks = {
  readonly since: number;
  readonly marks: readonly { readonly part: number; readonly notedAt: string }[];
};

/**
 * Notes, in the transaction that writes them, which windows end at or before a tick that was judged or is being judged. The
 * frontier is held until the commit, so that nobody begins a tick that could miss them.
 */
export async function noteLateWindows(tx: Queryable, part: number, windows: readonly WrittenWindow[]): Promise<void> {
  if (windows.length === 0) return;
  const versionIds = [...new Set(windows.map(({ versionId }) => versionId))];
  let frontiers = await holdFrontiers(tx, versionIds);
  if (frontiers.size < versionIds.length) {
    await beginFrontiers(tx, versionIds);
    frontiers = await holdFrontiers(tx, versionIds);
  }
  const late = new Map<number, number>();
  for (const { versionId, start, widthMs } of windows) {
    const frontier = frontiers.get(versionId);
    if (frontier === undefined || start + widthMs > frontier.tick) continue;
    late.set(frontier.project_id, Math.min(late.get(frontier.project_id) ?? start, start));
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

type Frontier = { readonly id: number; readonly project_id: number; readonly tick: number };

/** How far each version's project has been judged (ms), held until the commit. */
async function holdFrontiers(tx: Queryable, versionIds: readonly number[]): Promise<Map<number, Frontier>> {
  const rows = await tx.query<Frontier>(
    `select v.id, f.project_id, f.tick from model_version v join judging_frontier f on f.project_id = v.project_id
     where v.id = any($1::text::int[]) for share of f`,
    [toArrayLiteral(versionIds)],
  );
  return new Map(rows.map((row) => [row.id, row]));
}

/** A project that was never judged has no frontier to hold; it begins before all time. */
async function beginFrontiers(tx: Queryable, versionIds: readonly number[]): Promise<void> {
  await tx.query(
    `insert into judging_frontier (project_id, tick)
     select distinct project_id, timestamptz '-infinity' from model_version where id = any($1::text::int[]) order by 1
     on conflict do nothing`,
    [toArrayLiteral(versionIds)],
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
