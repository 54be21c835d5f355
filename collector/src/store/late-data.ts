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
  const ends = new Map<number, Map<number, number>>();
  for (const { versionId, start, widthMs } of windows) {
    const ofVersion = ends.get(versionId) ?? new Map<number, number>();
    ends.set(versionId, ofVersion);
    ofVersion.set(start, Math.max(ofVersion.get(start) ?? 0, start + widthMs));
  }
  const flat = [...ends].flatMap(([id, ofVersion]) => [...ofVersion].map(([start, end]) => ({ id, start, end })));
  const projects = await tx.query<{ project_id: number }>(
    'select distinct project_id from model_version where id = any($1::text::int[]) order by project_id',
    [toArrayLiteral([...ends.keys()])],
  );
  const ids = toArrayLiteral(projects.map(({ project_id }) => project_id));
  await tx.query(
    `insert into judging_frontier (project_id, tick) select id, '-infinity' from unnest($1::text::int[]) as id
     where not exists (select 1 from judging_frontier f where f.project_id = id)
     on conflict do nothing`,
    [ids],
  );
  await tx.query(
    'select 1 from judging_frontier where project_id = any($1::text::int[]) order by project_id for share',
    [ids],
  );
  await tx.query(
    `insert into late_data (project_id, part, since)
     select v.project_id, $1::int, min(to_timestamp(w.start_s))
     from unnest($2::text::int[], $3::text::float8[], $4::text::float8[]) as w (id, start_s, end_s)
     join model_version v on v.id = w.id
     join judging_frontier f on f.project_id = v.project_id and to_timestamp(w.end_s) <= f.tick
     group by v.project_id
     on conflict (project_id, part) do update set
       since = least(late_data.since, excluded.since), noted_at = clock_timestamp()`,
    [
      part,
      toArrayLiteral(flat.map(({ id }) => id)),
      toArrayLiteral(flat.map(({ start }) => start / 1000)),
      toArrayLiteral(flat.map(({ end }) => end / 1000)),
    ],
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
