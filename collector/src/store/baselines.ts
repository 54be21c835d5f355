import { BASELINE_SIZE_RULE, type SeriesKind } from '@tidemark/sketch';
import { type Baseline, type BaselineSeries, decodeBins, seriesKey } from '../baseline/baseline.ts';
import { type Database, type Queryable, toJson } from './database.ts';
import { packSketch, type StoredBytes, type StoredKinds, unpackSketch } from './stored-sketch.ts';

/** A baseline without its contents. */
export type BaselineRow = {
  readonly id: number;
  readonly name: string;
  readonly model: string;
  readonly version: string;
  readonly source: string;
  readonly n_rows: number;
  readonly created_at: number;
};

type SeriesRow = StoredBytes & {
  readonly stage: string;
  readonly field: string;
  readonly kind: SeriesKind;
  readonly kinds: StoredKinds;
  readonly bins: unknown;
};

/** Columns of a baseline before it has an id. */
export type NewBaseline = {
  readonly versionId: number;
  readonly name: string;
  /** Where it was made from, for people. */
  readonly source: string;
  readonly rows: number;
  readonly series: Iterable<BaselineSeries>;
};

/** Writes a baseline whole or not at all. @returns its id, or null if the version has one of that name. */
export function insertBaseline(database: Database, baseline: NewBaseline): Promise<number | null> {
  return database.transaction(async (tx) => {
    const rows = await tx.query<{ id: number }>(
      `insert into baseline (model_version_id, name, source, n_rows) values ($1, $2, $3, $4)
       on conflict (model_version_id, name) do nothing returning id`,
      [baseline.versionId, baseline.name, baseline.source, baseline.rows],
    );
    const id = rows[0]?.id;
    if (id === undefined) return null;
    for (const series of baseline.series) await insertSeries(tx, id, baseline.versionId, series);
    return id;
  });
}

async function insertSeries(tx: Queryable, id: number, versionId: number, series: BaselineSeries): Promise<void> {
  const { stage, field, kind, summary, bins } = series;
  const { digest, moments, categories, projections } = packSketch(summary);
  await tx.query(
    `insert into baseline_series (baseline_id, model_version_id, stage, field, kind, kinds, digest, moments, categories, projections, bins)
     values ($1, $2, $3, $4, $5, $6::text::jsonb, $7, $8, $9, $10, $11::text::jsonb)`,
    [id, versionId, stage, field, kind, toJson(summary.kinds), digest, moments, categories, projections, toJson(bins)],
  );
}

/** Baselines of a model of a project, newest first; null = of all of them. */
export function listBaselines(db: Queryable, projectId: number | null, model: string | null): Promise<BaselineRow[]> {
  return db.query<BaselineRow>(
    `select b.id, b.name, v.model, v.version, b.source, b.n_rows, b.created_at
     from baseline b join model_version v on v.id = b.model_version_id
     where ($1::int is null or v.project_id = $1) and ($2::text is null or v.model = $2) order by b.id desc`,
    [projectId, model],
  );
}

/** The baseline of that name of the version, else of the model's newest version that has one. */
export async function findBaseline(
  db: Queryable,
  projectId: number,
  model: string,
  version: string,
  name: string,
): Promise<BaselineRow | null> {
  const rows = await db.query<BaselineRow>(
    `select b.id, b.name, v.model, v.version, b.source, b.n_rows, b.created_at
     from baseline b join model_version v on v.id = b.model_version_id
     where v.project_id = $1 and v.model = $2 and b.name = $4 order by (v.version = $3) desc, b.id desc limit 1`,
    [projectId, model, version, name],
  );
  return rows[0] ?? null;
}

/** A baseline with its contents. */
export async function loadBaseline(db: Queryable, row: BaselineRow): Promise<Baseline> {
  const rows = await db.query<SeriesRow>(
    'select stage, field, kind, kinds, digest, moments, categories, projections, bins from baseline_series where baseline_id = $1',
    [row.id],
  );
  const series = new Map(rows.map((each) => [seriesKey(each.stage, each.field), toSeries(each)]));
  return { id: row.id, name: row.name, model: row.model, version: row.version, series };
}

function toSeries({ stage, field, kind, kinds, bins, ...bytes }: SeriesRow): BaselineSeries {
  // A baseline is kept finer than a window, so its sketch must have the same rule as when it was made.
  return { stage, field, kind, summary: unpackSketch(kind, kinds, bytes, BASELINE_SIZE_RULE), bins: decodeBins(bins) };
}
