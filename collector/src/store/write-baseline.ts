import type { NewBaselineSeries } from '../baseline/baseline.ts';
import type { Span } from '../baseline/spans.ts';
import { type Database, type Queryable, toArrayLiteral, toJson } from './database.ts';
import { packSketch, type StoredBytes } from './stored-sketch.ts';

/** Rows of windows in one statement: about half a megabyte. */
const WINDOW_ROWS = 500;

/** A baseline before it has an id. */
export type NewBaseline = {
  readonly versionId: number;
  readonly name: string;
  /** Where it was made from, for people. */
  readonly source: string;
  readonly rows: number;
  readonly series: Iterable<NewBaselineSeries> | AsyncIterable<NewBaselineSeries>;
  /** What it is of in event time, where that is known. */
  readonly span?: Span | undefined;
  readonly masks?: readonly Span[];
  /** How wide the windows of its series are; null = they have none. */
  readonly windowMs?: number | null;
  /** Whether it takes the next revision where there is one of that name. */
  readonly revise?: boolean;
};

type PackedWindow = StoredBytes & { readonly start: number; readonly kinds: string };
type PackedSeries = StoredBytes & {
  readonly stage: string;
  readonly field: string;
  readonly kind: string;
  readonly kinds: string;
  readonly bins: string;
  readonly windows: readonly PackedWindow[];
};

/** Writes a baseline whole or not at all. @returns its id, or null if the version has one of that name that is not to be revised. */
export async function insertBaseline(database: Database, baseline: NewBaseline): Promise<number | null> {
  // Packed before the transaction: series may come from the store, and their bytes are small.
  const series: PackedSeries[] = [];
  for await (const one of baseline.series) series.push(pack(one));
  return database.transaction(async (tx) => {
    const id = await insertRow(tx, baseline);
    if (id === null) return null;
    for (const one of series) {
      await insertSeries(tx, id, baseline.versionId, one);
      for (let i = 0; i < one.windows.length; i += WINDOW_ROWS)
        await insertWindows(tx, id, baseline.versionId, one, one.windows.slice(i, i + WINDOW_ROWS));
    }
    return id;
  });
}

/**
 * Pins the revision of a name of a version, so that rules go by it whatever comes after; null = they go by the newest again.
 * @returns whether there is such a revision.
 */
export function pinBaseline(
  database: Database,
  versionId: number,
  name: string,
  revision: number | null,
): Promise<boolean> {
  return database.transaction(async (tx) => {
    const revisions = await tx.query<{ revision: number }>(
      'select revision from baseline where model_version_id = $1 and name = $2 for update',
      [versionId, name],
    );
    if (!revisions.some((one) => revision === null || one.revision === revision)) return false;
    // Two statements: the index that allows one pin is checked row by row.
    await tx.query('update baseline set pinned = false where model_version_id = $1 and name = $2', [versionId, name]);
    if (revision !== null) {
      const values = [versionId, name, revision];
      await tx.query(
        'update baseline set pinned = true where model_version_id = $1 and name = $2 and revision = $3',
        values,
      );
    }
    return true;
  });
}

function pack({ stage, field, kind, summary, bins, windows = [] }: NewBaselineSeries): PackedSeries {
  const packed = windows.map((window) => ({
    start: window.start,
    kinds: toJson(window.summary.kinds),
    ...packSketch(window.summary),
  }));
  return {
    stage,
    field,
    kind,
    kinds: toJson(summary.kinds),
    bins: toJson(bins),
    ...packSketch(summary),
    windows: packed,
  };
}

async function insertRow(tx: Queryable, baseline: NewBaseline): Promise<number | null> {
  const { versionId, name, source, rows, span, masks = [], windowMs = null, revise = false } = baseline;
  const found = await tx.query<{ id: number }>(
    `insert into baseline (model_version_id, name, revision, source, n_rows, span_from, span_to, masks, window_s)
     values ($1, $2,
       case when $3 then coalesce((select max(revision) from baseline where model_version_id = $1 and name = $2), 0) + 1 else 1 end,
       $4, $5, $6, $7, $8::text::jsonb, $9)
     on conflict (model_version_id, name, revision) do nothing returning id`,
    [
      versionId,
      name,
      revise,
      source,
      rows,
      span === undefined ? null : new Date(span.from),
      span === undefined ? null : new Date(span.to),
      toJson(masks.map(({ from, to }) => [from, to])),
      windowMs === null ? null : windowMs / 1000,
    ],
  );
  return found[0]?.id ?? null;
}

async function insertSeries(tx: Queryable, id: number, versionId: number, series: PackedSeries): Promise<void> {
  const { stage, field, kind, kinds, digest, moments, categories, projections, bins } = series;
  await tx.query(
    `insert into baseline_series (baseline_id, model_version_id, stage, field, kind, kinds, digest, moments, categories, projections, bins)
     values ($1, $2, $3, $4, $5, $6::text::jsonb, $7, $8, $9, $10, $11::text::jsonb)`,
    [id, versionId, stage, field, kind, kinds, digest, moments, categories, projections, bins],
  );
}

async function insertWindows(
  tx: Queryable,
  id: number,
  versionId: number,
  { stage, field }: PackedSeries,
  windows: readonly PackedWindow[],
): Promise<void> {
  await tx.query(
    `insert into baseline_window (baseline_id, model_version_id, stage, field, window_start, kinds, digest, moments, categories, projections)
     select $1::int, $2::int, $3::text, $4::text, to_timestamp(w), k::jsonb, d, m, c, p
     from unnest($5::text::float8[], $6::text::text[], $7::text::bytea[], $8::text::bytea[], $9::text::bytea[], $10::text::bytea[])
       as t (w, k, d, m, c, p)`,
    [
      id,
      versionId,
      stage,
      field,
      toArrayLiteral(windows.map(({ start }) => start / 1000)),
      toArrayLiteral(windows.map(({ kinds }) => kinds)),
      toArrayLiteral(windows.map(({ digest }) => digest)),
      toArrayLiteral(windows.map(({ moments }) => moments)),
      toArrayLiteral(windows.map(({ categories }) => categories)),
      toArrayLiteral(windows.map(({ projections }) => projections)),
    ],
  );
}
