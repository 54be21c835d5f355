import type { Digest, SeriesKind, Summary } from '@tidemark/sketch';
import type { SummaryPart } from '../ingest/ingest-store.ts';
import type { Cell, PackedType } from './binary-rows.ts';
import { packSketch } from './stored-sketch.ts';
import { topkJson } from './topk-json.ts';

/** Columns that a part fills, in the order of `toCells`; the column `part` itself is the same for all of a run. */
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

/** A part as it stands in its row; bytes that are `passing` are good until the next is asked for. */
export function toCells(
  { seriesId, versionId, start, rev, summary }: SummaryPart,
  lifetime: 'own' | 'passing' = 'own',
): Cell[] {
  const { kinds } = summary;
  const shown = shownDigest(summary);
  const [q05 = null, q25 = null, q50 = null, q75 = null, q95 = null, q99 = null] = shown?.quantiles(QUANTILES) ?? [];
  const { digest, moments, categories, projections } = packSketch(summary, lifetime);
  return [
    seriesId,
    versionId,
    start,
    rev,
    kinds.valid,
    kinds.missing,
    kinds.nan,
    kinds.positiveInfinity,
    kinds.negativeInfinity,
    kinds.wrongType,
    kinds.outOfRange,
    kinds.unseen,
    shown?.min ?? null,
    shown?.max ?? null,
    isFilled('number', summary) ? summary.moments.mean : null,
    q05,
    q25,
    q50,
    q75,
    q95,
    q99,
    digest,
    moments,
    categories,
    projections,
    categories === null ? null : topkJson(categories),
  ];
}

/** What the columns of quantiles are of: the numbers of a series, or the norms of its vectors. */
function shownDigest(summary: Summary): Digest | null {
  if (isFilled('number', summary)) return summary.digest;
  return isFilled('vector', summary) ? summary.projections.norm : null;
}

function isFilled(wanted: SeriesKind, { kind, kinds }: Summary): boolean {
  return kind === wanted && kinds.valid > 0;
}
