import type { SeriesKind, Summary } from '@tidemark/sketch';
import type { PartAddress, SummaryPart } from '../ingest/ingest-store.ts';
import { type Queryable, toArrayLiteral } from './database.ts';
import { LEVELS } from './levels.ts';
import { type StoredBytes, unpackSketch } from './stored-sketch.ts';

/** A stored summary as SQL answers it. */
export type SummaryRow = StoredBytes & {
  readonly series_id: number;
  readonly kind: SeriesKind;
  readonly window_start: number;
  readonly rev: number;
  readonly n_valid: number;
  readonly n_missing: number;
  readonly n_nan: number;
  readonly n_pos_inf: number;
  readonly n_neg_inf: number;
  readonly n_type: number;
  readonly n_range: number;
  readonly n_unseen: number;
};

const COLUMNS =
  'series_id, kind, window_start, rev, n_valid, n_missing, n_nan, n_pos_inf, n_neg_inf, n_type, n_range, n_unseen, digest, moments, categories, projections';

/** What this collector has stored at these addresses. */
export async function loadSummaryParts(
  tx: Queryable,
  part: number,
  addresses: readonly PartAddress[],
): Promise<SummaryPart[]> {
  const parts: SummaryPart[] = [];
  for (const level of LEVELS) {
    const wanted = addresses.filter(({ widthMs }) => widthMs === level.widthMs);
    if (wanted.length === 0) continue;
    const rows = await tx.query<SummaryRow & { model_version_id: number }>(
      `select s.model_version_id, ${COLUMNS} from ${level.summaries} s
       join series on series.id = series_id
       join unnest($1::text::int[], $2::text::float8[]) as w (id, start_s)
         on series_id = w.id and window_start = to_timestamp(w.start_s)
       where part = $3`,
      [toArrayLiteral(wanted.map(({ id }) => id)), toArrayLiteral(wanted.map(({ start }) => start / 1000)), part],
    );
    for (const row of rows) {
      const { model_version_id: versionId, series_id: seriesId, window_start: start, rev } = row;
      parts.push({ versionId, seriesId, widthMs: level.widthMs, start, rev, summary: toSummary(row) });
    }
  }
  return parts;
}

/** Stored parts of these series whose windows start in [from, to), oldest first; of each width the first `maxWindows`. */
export async function selectSummaries(
  db: Queryable,
  seriesIds: readonly number[],
  from: number,
  to: number,
  maxWindows: number | null = null,
): Promise<(SummaryRow & { readonly widthMs: number })[]> {
  const found: (SummaryRow & { readonly widthMs: number })[] = [];
  const inSpan = 'series_id = any($1::text::int[]) and window_start >= $2 and window_start < $3';
  for (const level of LEVELS) {
    const first = `select distinct window_start from ${level.summaries} where ${inSpan} order by 1 limit $4`;
    const rows = await db.query<SummaryRow>(
      `select ${COLUMNS} from ${level.summaries} join series on series.id = series_id
       where ${inSpan} ${maxWindows === null ? '' : `and window_start in (${first})`}
       order by window_start, part`,
      [toArrayLiteral(seriesIds), new Date(from), new Date(to), ...(maxWindows === null ? [] : [maxWindows])],
    );
    for (const row of rows) found.push({ ...row, widthMs: level.widthMs });
  }
  return found;
}

/** Rebuilds the sketch of a row. */
export function toSummary(row: SummaryRow): Summary {
  const counts = {
    valid: row.n_valid,
    missing: row.n_missing,
    nan: row.n_nan,
    positiveInfinity: row.n_pos_inf,
    negativeInfinity: row.n_neg_inf,
    wrongType: row.n_type,
    outOfRange: row.n_range,
    unseen: row.n_unseen,
  };
  return unpackSketch(row.kind, counts, row);
}
