import type { PartAddress, TrafficPart } from '../ingest/ingest-store.ts';
import { type Queryable, toArrayLiteral } from './database.ts';
import { checkAllWritten, LEVELS, type Widest } from './levels.ts';

/** Inferences in a span; `windows` counts the windows that agents reported on, also where nothing was served. */
export type TrafficTotal = { readonly rows: number; readonly errors: number; readonly windows: number };

/** Writes whole parts; a part that is not the next `rev` of what the store holds fails. */
export async function writeTraffic(tx: Queryable, part: number, parts: readonly TrafficPart[]): Promise<void> {
  for (const level of LEVELS) {
    const rows = parts.filter(({ widthMs }) => widthMs === level.widthMs);
    if (rows.length === 0) continue;
    const written = await tx.query(
      `insert into ${level.traffic} (model_version_id, window_start, part, rev, n_rows, n_errors)
       select v, to_timestamp(w), $1::int, r, n, e
       from unnest($2::text::int[], $3::text::float8[], $4::text::int[], $5::text::int8[], $6::text::int8[]) as t (v, w, r, n, e)
       order by v, w
       on conflict (model_version_id, window_start, part) do update set
         rev = excluded.rev, n_rows = excluded.n_rows, n_errors = excluded.n_errors
       where excluded.rev = ${level.traffic}.rev + 1
       returning 1 as written`,
      [
        part,
        toArrayLiteral(rows.map(({ versionId }) => versionId)),
        toArrayLiteral(rows.map(({ start }) => start / 1000)),
        toArrayLiteral(rows.map(({ rev }) => rev)),
        toArrayLiteral(rows.map((row) => row.rows)),
        toArrayLiteral(rows.map(({ errors }) => errors)),
      ],
    );
    checkAllWritten(written.length, rows.length);
  }
}

/** What this collector has stored at these addresses. */
export async function loadTrafficParts(
  tx: Queryable,
  part: number,
  addresses: readonly PartAddress[],
): Promise<TrafficPart[]> {
  const parts: TrafficPart[] = [];
  for (const { widthMs, traffic } of LEVELS) {
    const wanted = addresses.filter((address) => address.widthMs === widthMs);
    if (wanted.length === 0) continue;
    const rows = await tx.query<{ id: number; start: number; rev: number; n_rows: number; n_errors: number }>(
      `select model_version_id as id, window_start as start, rev, n_rows, n_errors from ${traffic}
       join unnest($1::text::int[], $2::text::float8[]) as w (id, start_s)
         on model_version_id = w.id and window_start = to_timestamp(w.start_s)
       where part = $3`,
      [toArrayLiteral(wanted.map(({ id }) => id)), toArrayLiteral(wanted.map(({ start }) => start / 1000)), part],
    );
    for (const { id, start, rev, n_rows, n_errors } of rows) {
      parts.push({ versionId: id, widthMs, start, rev, rows: n_rows, errors: n_errors });
    }
  }
  return parts;
}

/** Traffic of these model versions together, in windows that start in [from, to) (ms), from pieces no coarser than `widest`. */
export async function totalTraffic(
  db: Queryable,
  versionIds: readonly number[],
  from: number,
  to: number,
  widest: Widest,
): Promise<TrafficTotal> {
  const rows = await db.query<TrafficTotal>(
    `select coalesce(sum(n_rows), 0)::int8 as rows, coalesce(sum(n_errors), 0)::int8 as errors,
       count(distinct window_start) as windows
     from traffic_pieces($1::text::int[], $2, $3, $4)`,
    [toArrayLiteral(versionIds), new Date(from), new Date(to), widest / 1000],
  );
  return rows[0] ?? { rows: 0, errors: 0, windows: 0 };
}

/** Inferences of a model version in windows that lie wholly in [from, to) (ms), from pieces no coarser than `widest`. */
export async function countRowsWithin(
  db: Queryable,
  versionId: number,
  from: number,
  to: number,
  widest: Widest,
): Promise<number> {
  const rows = await db.query<{ n: number }>(
    `select coalesce(sum(n_rows), 0)::int8 as n from traffic_pieces(array[$1::int], $2, $3, $4)
     where window_start + make_interval(secs => width_s) <= $3`,
    [versionId, new Date(from), new Date(to), widest / 1000],
  );
  return rows[0]?.n ?? 0;
}

/** One piece of the traffic of a model version; `start` is where its window starts, ms. */
export type TrafficPieceRow = {
  readonly id: number;
  readonly start: number;
  readonly rows: number;
  readonly errors: number;
};

/** The pieces that `totalTraffic` adds up, oldest first. */
export function selectTrafficPieces(
  db: Queryable,
  versionIds: readonly number[],
  from: number,
  to: number,
  widest: Widest,
): Promise<TrafficPieceRow[]> {
  return db.query<TrafficPieceRow>(
    `select model_version_id as id, window_start as start, n_rows as rows, n_errors as errors
     from traffic_pieces($1::text::int[], $2, $3, $4) order by window_start`,
    [toArrayLiteral(versionIds), new Date(from), new Date(to), widest / 1000],
  );
}
