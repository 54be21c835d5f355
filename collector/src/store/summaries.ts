import type { SeriesKind, Summary } from '@tidemark/sketch';
import type { PartAddress, SummaryPart } from '../ingest/ingest-store.ts';
import { type Queryable, toArrayLiteral } from './database.ts';
import { LEVELS, type Level, type Widest } from './levels.ts';
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

/** Rows of one level, whatever they come from, whose windows start in [from, to) (ms), oldest first. */
export function selectOfLevel(
  db: Queryable,
  { summaries }: Level,
  seriesIds: readonly number[],
  from: number,
  to: number,
): Promise<SummaryRow[]> {
  return db.query<SummaryRow>(
    `select ${COLUMNS} from ${summaries} join series on series.id = series_id
     where series_id = any($1::text::int[]) and window_start >= $2 and window_start < $3
     order by series_id, window_start, part`,
    [toArrayLiteral(seriesIds), new Date(from), new Date(to)],
  );
}

/** A row of a window; several rows may be parts of one. */
export type PieceRow = SummaryRow & { readonly widthMs: number };

/** How coarse the answer may be, and of how many windows at most (the oldest), each `widest` wide or wider; null = of all. */
export type PiecesWanted = { readonly widest: Widest; readonly maxWindows?: number | null };

/**
 * What is kept of these series in windows that start in [from, to) (ms), oldest first, each value in one row: roll-ups as
 * coarse as is allowed, finer windows where the span or late data cut those in two.
 */
export function selectPieces(
  db: Queryable,
  seriesIds: readonly number[],
  from: number,
  to: number,
  { widest, maxWindows = null }: PiecesWanted,
): Promise<PieceRow[]> {
  // Merged to the width that was asked for by whoever reads them, so that windows are counted by that width.
  const width = 'greatest(p.width_s, $4::int)';
  return db.query<PieceRow>(
    `select p.width_s * 1000 as "widthMs", ${COLUMNS} from (
       select p.*, dense_rank() over (order by date_bin(make_interval(secs => ${width}), window_start, 'epoch'), ${width}) as place
       from summary_pieces($1::text::int[], $2, $3, $4::int) p
     ) p join series on series.id = series_id
     where $5::int is null or place <= $5::int
     order by window_start, p.width_s, part`,
    [toArrayLiteral(seriesIds), new Date(from), new Date(to), widest / 1000, maxWindows],
  );
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
