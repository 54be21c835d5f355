import type { Digest, SeriesKind, Summary } from '@tidemark/sketch';
import type { SummaryPart } from '../ingest/ingest-store.ts';
import type { PackedType, RowSink } from './row-sink.ts';
import { packSketch } from './stored-sketch.ts';
import { topkJson } from './topk-json.ts';

/** Columns that a part fills, in the order of `writeRow`; the column `part` itself is the same for all of a run. */
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

/** Writes a part as it stands in its row. */
export function writeRow(sink: RowSink, { seriesId, versionId, start, rev, summary }: SummaryPart): void {
  const { kinds } = summary;
  sink.startRow();
  sink.int4(seriesId);
  sink.int4(versionId);
  sink.timestamptz(start);
  sink.int4(rev);
  sink.int8(kinds.valid);
  sink.int8(kinds.missing);
  sink.int8(kinds.nan);
  sink.int8(kinds.positiveInfinity);
  sink.int8(kinds.negativeInfinity);
  sink.int8(kinds.wrongType);
  sink.int8(kinds.outOfRange);
  sink.int8(kinds.unseen);
  const shown = shownDigest(summary);
  writeNumber(sink, shown?.min);
  writeNumber(sink, shown?.max);
  writeNumber(sink, isFilled('number', summary) ? summary.moments.mean : undefined);
  const quantiles = shown?.quantiles(QUANTILES);
  for (let i = 0; i < QUANTILES.length; i++) writeNumber(sink, quantiles?.[i]);
  const { digest, moments, categories, projections } = packSketch(summary, 'passing');
  writeBytes(sink, digest);
  writeBytes(sink, moments);
  writeBytes(sink, categories);
  writeBytes(sink, projections);
  if (categories === null) sink.absent();
  else sink.jsonb(topkJson(categories));
}

function writeNumber(sink: RowSink, value: number | undefined): void {
  if (value === undefined) sink.absent();
  else sink.float8(value);
}

function writeBytes(sink: RowSink, bytes: Uint8Array | null): void {
  if (bytes === null) sink.absent();
  else sink.bytea(bytes);
}

/** What the columns of quantiles are of: the numbers of a series, or the norms of its vectors. */
function shownDigest(summary: Summary): Digest | null {
  if (isFilled('number', summary)) return summary.digest;
  return isFilled('vector', summary) ? summary.projections.norm : null;
}

function isFilled(wanted: SeriesKind, { kind, kinds }: Summary): boolean {
  return kind === wanted && kinds.valid > 0;
}
