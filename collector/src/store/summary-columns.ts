import type { Digest, SeriesKind, Summary } from '@tidemark/sketch';
import type { SummaryPart } from '../ingest/ingest-store.ts';
import type { PackedType, RowPacker } from './packed-rows.ts';
import { packSketch } from './stored-sketch.ts';
import { topkJson } from './topk-json.ts';

/** The type that parts are packed as (`migrations/000015-summary-rows.sql`). */
export const SUMMARY_ROW = 'summary_row';

/** Its columns, in the order of `writeRow`; the column `part` is the same for all of a run. */
export const SUMMARY_COLUMNS: readonly { readonly name: string; readonly type: PackedType }[] = [
  { name: 'series_id', type: 'int4' },
  { name: 'model_version_id', type: 'int4' },
  { name: 'window_start', type: 'timestamptz' },
  { name: 'rev', type: 'int4' },
  { name: 'n_valid', type: 'int8' },
  { name: 'n_missing', type: 'int8' },
  { name: 'n_nan', type: 'int8' },
  { name: 'n_pos_inf', type: 'int8' },
  { name: 'n_neg_inf', type: 'int8' },
  { name: 'n_type', type: 'int8' },
  { name: 'n_range', type: 'int8' },
  { name: 'n_unseen', type: 'int8' },
  { name: 'vmin', type: 'float8' },
  { name: 'vmax', type: 'float8' },
  { name: 'vmean', type: 'float8' },
  { name: 'q05', type: 'float8' },
  { name: 'q25', type: 'float8' },
  { name: 'q50', type: 'float8' },
  { name: 'q75', type: 'float8' },
  { name: 'q95', type: 'float8' },
  { name: 'q99', type: 'float8' },
  { name: 'digest', type: 'bytea' },
  { name: 'moments', type: 'bytea' },
  { name: 'categories', type: 'bytea' },
  { name: 'projections', type: 'bytea' },
  { name: 'topk', type: 'jsonb' },
];

const QUANTILES = [0.05, 0.25, 0.5, 0.75, 0.95, 0.99] as const;

/** Packs a part as it stands in its row. */
export function writeRow(row: RowPacker, { seriesId, versionId, start, rev, summary }: SummaryPart): void {
  const { kinds } = summary;
  row.startRow();
  row.int4(seriesId);
  row.int4(versionId);
  row.timestamptz(start);
  row.int4(rev);
  row.int8(kinds.valid);
  row.int8(kinds.missing);
  row.int8(kinds.nan);
  row.int8(kinds.positiveInfinity);
  row.int8(kinds.negativeInfinity);
  row.int8(kinds.wrongType);
  row.int8(kinds.outOfRange);
  row.int8(kinds.unseen);
  const shown = shownDigest(summary);
  writeNumber(row, shown?.min);
  writeNumber(row, shown?.max);
  writeNumber(row, isFilled('number', summary) ? summary.moments.mean : undefined);
  const quantiles = shown?.quantiles(QUANTILES);
  for (let i = 0; i < QUANTILES.length; i++) writeNumber(row, quantiles?.[i]);
  const { digest, moments, categories, projections } = packSketch(summary, 'passing');
  writeBytes(row, digest);
  writeBytes(row, moments);
  writeBytes(row, categories);
  writeBytes(row, projections);
  if (categories === null) row.absent('jsonb');
  else row.jsonb(topkJson(categories));
}

function writeNumber(row: RowPacker, value: number | undefined): void {
  if (value === undefined) row.absent('float8');
  else row.float8(value);
}

function writeBytes(row: RowPacker, bytes: Uint8Array | null): void {
  if (bytes === null) row.absent('bytea');
  else row.bytea(bytes);
}

/** What the columns of quantiles are of: the numbers of a series, or the norms of its vectors. */
function shownDigest(summary: Summary): Digest | null {
  if (isFilled('number', summary)) return summary.digest;
  return isFilled('vector', summary) ? summary.projections.norm : null;
}

function isFilled(wanted: SeriesKind, { kind, kinds }: Summary): boolean {
  return kind === wanted && kinds.valid > 0;
}
