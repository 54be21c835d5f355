import type { SeriesKind } from '@tidemark/sketch';
import type { SeriesKey, StoredSeries } from '../ingest/ingest-store.ts';
import { type Queryable, toArrayLiteral } from './database.ts';

export type SeriesRow = {
  readonly id: number;
  readonly model_version_id: number;
  readonly stage: string;
  readonly field: string;
  readonly slice: string;
  readonly kind: SeriesKind;
};

/** Finds or creates series; answers in the order asked. */
export async function ensureSeries(tx: Queryable, keys: readonly SeriesKey[]): Promise<StoredSeries[]> {
  const distinct = new Map(keys.map((key) => [nameOf(key), key]));
  const found = await selectSeries(tx, [...distinct.values()]);
  const missing = [...distinct].filter(([name]) => !found.has(name)).map(([, key]) => key);
  if (missing.length > 0) {
    await insertSeries(tx, missing);
    // Read back rather than `returning`: another collector may have been quicker.
    for (const [name, series] of await selectSeries(tx, missing)) found.set(name, series);
  }
  return keys.map((key) => {
    const series = found.get(nameOf(key));
    if (series === undefined) throw new Error(`series ${key.stage}/${key.field} was neither found nor created`);
    return series;
  });
}

/** Series that exist, in the order asked; undefined = there is none. */
export async function findSeries(tx: Queryable, keys: readonly SeriesKey[]): Promise<(StoredSeries | undefined)[]> {
  const found = await selectSeries(tx, keys);
  return keys.map((key) => found.get(nameOf(key)));
}

/** Series that each of these model versions has; absent = none. */
export async function countSeries(tx: Queryable, versionIds: readonly number[]): Promise<Map<number, number>> {
  const rows = await tx.query<{ id: number; n: number }>(
    `select model_version_id as id, count(*) as n from series where model_version_id = any($1::text::int[]) group by 1`,
    [toArrayLiteral(versionIds)],
  );
  return new Map(rows.map(({ id, n }) => [id, n]));
}

/** Series of one model version. */
export function listSeries(db: Queryable, versionId: number): Promise<SeriesRow[]> {
  return db.query<SeriesRow>(
    `select id, model_version_id, stage, field, slice, kind from series
     where model_version_id = $1 order by stage, field, slice`,
    [versionId],
  );
}

/** Start (ms) of the first window that is kept of each series; one without any is not in the map. */
export async function firstWindows(db: Queryable, seriesIds: readonly number[]): Promise<Map<number, number>> {
  const rows = await db.query<{ id: number; first: number | null }>(
    `select id, least(
       (select min(window_start) from summary_1m where series_id = id),
       (select min(window_start) from summary_1h where series_id = id),
       (select min(window_start) from summary_1d where series_id = id)) as first
     from unnest($1::text::int[]) as id`,
    [toArrayLiteral(seriesIds)],
  );
  return new Map(rows.flatMap(({ id, first }) => (first === null ? [] : [[id, first] as const])));
}

async function selectSeries(tx: Queryable, keys: readonly SeriesKey[]): Promise<Map<string, StoredSeries>> {
  const rows = await tx.query<SeriesRow>(
    `select id, model_version_id, stage, field, slice, kind from series
     join unnest($1::text::int[], $2::text::text[], $3::text::text[], $4::text::text[])
       as named (model_version_id, stage, field, slice) using (model_version_id, stage, field, slice)`,
    nameColumns(keys),
  );
  return new Map(
    rows.map(({ id, model_version_id, stage, field, slice, kind }) => [
      nameOf({ versionId: model_version_id, stage, field, slice }),
      { id, kind },
    ]),
  );
}

async function insertSeries(tx: Queryable, keys: readonly SeriesKey[]): Promise<void> {
  await tx.query(
    `insert into series (model_version_id, stage, field, slice, kind)
     select * from unnest($1::text::int[], $2::text::text[], $3::text::text[], $4::text::text[], $5::text::text[])
     order by 1, 2, 3, 4
     on conflict do nothing`,
    [...nameColumns(keys), toArrayLiteral(keys.map((key) => key.kind))],
  );
}

function nameColumns(keys: readonly SeriesKey[]): string[] {
  return [
    toArrayLiteral(keys.map((key) => key.versionId)),
    toArrayLiteral(keys.map((key) => key.stage)),
    toArrayLiteral(keys.map((key) => key.field)),
    toArrayLiteral(keys.map((key) => key.slice)),
  ];
}

function nameOf({ versionId, stage, field, slice }: Omit<SeriesKey, 'kind'>): string {
  return `${versionId}\u0000${stage}\u0000${field}\u0000${slice}`;
}
