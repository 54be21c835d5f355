import { BASELINE_SIZE_RULE, type SeriesKind } from '@tidemark/sketch';
import {
  type Baseline,
  type BaselineSeries,
  type BaselineWindow,
  decodeBins,
  seriesKey,
} from '../baseline/baseline.ts';
import type { Queryable } from './database.ts';
import { type StoredBytes, type StoredKinds, unpackSketch } from './stored-sketch.ts';

/** A baseline without its contents; times in ms. */
export type BaselineRow = {
  readonly id: number;
  readonly name: string;
  readonly model: string;
  readonly version: string;
  /** 1, 2, … under one name of one version. */
  readonly revision: number;
  readonly pinned: boolean;
  /** Whether rules that ask for the name get this one: it is pinned, or none is and it is the newest. */
  readonly in_use: boolean;
  readonly source: string;
  readonly n_rows: number;
  /** The span of event time it is of, and the spans in it that were left out; null and none where time is not known. */
  readonly span_from: number | null;
  readonly span_to: number | null;
  readonly masks: readonly (readonly [from: number, to: number])[];
  /** How wide the windows are that are kept of it, seconds; null = none are. */
  readonly window_s: number | null;
  readonly created_at: number;
};

type SeriesRow = StoredBytes & {
  readonly stage: string;
  readonly field: string;
  readonly kind: SeriesKind;
  readonly kinds: StoredKinds;
  readonly bins: unknown;
};

type WindowRow = StoredBytes & { readonly start: number; readonly kind: SeriesKind; readonly kinds: StoredKinds };

const ROWS = `select b.id, b.name, v.model, v.version, b.revision, b.pinned,
    row_number() over (partition by b.model_version_id, b.name order by b.pinned desc, b.revision desc) = 1 as in_use,
    b.source, b.n_rows, b.span_from, b.span_to, b.masks, b.window_s, b.created_at
  from baseline b join model_version v on v.id = b.model_version_id`;

/** Baselines of a model of a project, newest first; null = of all of them. */
export function listBaselines(db: Queryable, projectId: number | null, model: string | null): Promise<BaselineRow[]> {
  return db.query<BaselineRow>(
    `${ROWS} where ($1::int is null or v.project_id = $1) and ($2::text is null or v.model = $2) order by b.id desc`,
    [projectId, model],
  );
}

/** The baseline in use under that name of the version, else of the model's newest version that has one. */
export async function findBaseline(
  db: Queryable,
  projectId: number,
  model: string,
  version: string,
  name: string,
): Promise<BaselineRow | null> {
  const rows = await db.query<BaselineRow>(
    `${ROWS} where v.project_id = $1 and v.model = $2 and b.name = $4
     order by (v.version = $3) desc, v.id desc, in_use desc limit 1`,
    [projectId, model, version, name],
  );
  return rows[0] ?? null;
}

/** Which revision of its name a baseline is. */
export async function findRevision(db: Queryable, id: number): Promise<number> {
  const rows = await db.query<{ revision: number }>('select revision from baseline where id = $1', [id]);
  return rows[0]?.revision ?? 0;
}

/** A baseline with its contents, but for its windows. */
export async function loadBaseline(db: Queryable, row: BaselineRow): Promise<Baseline> {
  const rows = await db.query<SeriesRow>(
    'select stage, field, kind, kinds, digest, moments, categories, projections, bins from baseline_series where baseline_id = $1',
    [row.id],
  );
  const series = new Map(rows.map((each) => [seriesKey(each.stage, each.field), toSeries(each)]));
  return { id: row.id, name: row.name, model: row.model, version: row.version, series };
}

/** The windows that are kept of one series of a baseline, oldest first, only if they are `widthMs` wide; none where it has none. */
export async function loadBaselineWindows(
  db: Queryable,
  baselineId: number,
  stage: string,
  field: string,
  widthMs: number | null = null,
): Promise<BaselineWindow[]> {
  const rows = await db.query<WindowRow>(
    `select w.window_start as start, s.kind, w.kinds, w.digest, w.moments, w.categories, w.projections
     from baseline_window w join baseline_series s using (baseline_id, stage, field) join baseline b on b.id = baseline_id
     where baseline_id = $1 and stage = $2 and field = $3 and ($4::int8 is null or b.window_s = $4) order by w.window_start`,
    [baselineId, stage, field, widthMs === null ? null : widthMs / 1000],
  );
  return rows.map(({ start, kind, kinds, ...bytes }) => ({ start, summary: unpackSketch(kind, kinds, bytes) }));
}

function toSeries({ stage, field, kind, kinds, bins, ...bytes }: SeriesRow): BaselineSeries {
  // A baseline is kept finer than a window, so its sketch must have the same rule as when it was made.
  return { stage, field, kind, summary: unpackSketch(kind, kinds, bytes, BASELINE_SIZE_RULE), bins: decodeBins(bins) };
}
