import type { Digest, Kinds, SeriesKind, Summary } from '@tidemark/sketch';
import type { SummaryPart } from '../ingest/ingest-store.ts';
import { type Queryable, toArrayLiteral, toJson } from './database.ts';
import { checkAllWritten, LEVELS, type Level } from './levels.ts';
import { packSketch } from './stored-sketch.ts';

/** Categories shown in `topk`; the exact counts are in `categories`. */
const TOPK = 50;
const QUANTILES = [0.05, 0.25, 0.5, 0.75, 0.95, 0.99] as const;

/** Writes whole parts; a part that is not the next `rev` of what the store holds fails. */
export async function writeSummaries(tx: Queryable, part: number, parts: readonly SummaryPart[]): Promise<void> {
  for (const level of LEVELS) {
    const rows = parts.filter(({ widthMs }) => widthMs === level.widthMs);
    if (rows.length > 0) await upsertSummaries(tx, level, part, rows);
  }
}

async function upsertSummaries(tx: Queryable, level: Level, part: number, rows: readonly SummaryPart[]): Promise<void> {
  const kinds = (pick: (kinds: Kinds) => number) => toArrayLiteral(rows.map(({ summary }) => pick(summary.kinds)));
  const shown = rows.map(({ summary }) => shownDigest(summary));
  const bytes = rows.map(({ summary }) => packSketch(summary));
  const quantiles = shown.map((digest) => digest?.quantiles(QUANTILES));
  const written = await tx.query(
    `insert into ${level.summaries} (series_id, model_version_id, window_start, part, rev,
       n_valid, n_missing, n_nan, n_pos_inf, n_neg_inf, n_type, n_range, n_unseen,
       vmin, vmax, vmean, q05, q25, q50, q75, q95, q99, digest, moments, categories, projections, topk)
     select s, v, to_timestamp(w), $1::int, r, n1, n2, n3, n4, n5, n6, n7, n8, x1, x2, x3, q1, q2, q3, q4, q5, q6, d, m, c, p, k::jsonb
     from unnest($2::text::int[], $3::text::int[], $4::text::float8[], $5::text::int[],
       $6::text::int8[], $7::text::int8[], $8::text::int8[], $9::text::int8[], $10::text::int8[], $11::text::int8[], $12::text::int8[], $13::text::int8[],
       $14::text::float8[], $15::text::float8[], $16::text::float8[],
       $17::text::float8[], $18::text::float8[], $19::text::float8[], $20::text::float8[], $21::text::float8[], $22::text::float8[],
       $23::text::bytea[], $24::text::bytea[], $25::text::bytea[], $26::text::bytea[], $27::text::text[])
       as t (s, v, w, r, n1, n2, n3, n4, n5, n6, n7, n8, x1, x2, x3, q1, q2, q3, q4, q5, q6, d, m, c, p, k)
     order by s, w
     on conflict (series_id, window_start, part) do update set
       rev = excluded.rev,
       n_valid = excluded.n_valid, n_missing = excluded.n_missing, n_nan = excluded.n_nan, n_pos_inf = excluded.n_pos_inf,
       n_neg_inf = excluded.n_neg_inf, n_type = excluded.n_type, n_range = excluded.n_range, n_unseen = excluded.n_unseen,
       vmin = excluded.vmin, vmax = excluded.vmax, vmean = excluded.vmean,
       q05 = excluded.q05, q25 = excluded.q25, q50 = excluded.q50, q75 = excluded.q75, q95 = excluded.q95, q99 = excluded.q99,
       digest = excluded.digest, moments = excluded.moments, categories = excluded.categories,
       projections = excluded.projections, topk = excluded.topk
     where excluded.rev = ${level.summaries}.rev + 1
     returning 1 as written`,
    [
      part,
      toArrayLiteral(rows.map(({ seriesId }) => seriesId)),
      toArrayLiteral(rows.map(({ versionId }) => versionId)),
      toArrayLiteral(rows.map(({ start }) => start / 1000)),
      toArrayLiteral(rows.map(({ rev }) => rev)),
      kinds((k) => k.valid),
      kinds((k) => k.missing),
      kinds((k) => k.nan),
      kinds((k) => k.positiveInfinity),
      kinds((k) => k.negativeInfinity),
      kinds((k) => k.wrongType),
      kinds((k) => k.outOfRange),
      kinds((k) => k.unseen),
      toArrayLiteral(shown.map((digest) => digest?.min ?? null)),
      toArrayLiteral(shown.map((digest) => digest?.max ?? null)),
      toArrayLiteral(rows.map(({ summary }) => (isFilled('number', summary) ? summary.moments.mean : null))),
      ...QUANTILES.map((_, i) => toArrayLiteral(quantiles.map((q) => q?.[i] ?? null))),
      toArrayLiteral(bytes.map(({ digest }) => digest)),
      toArrayLiteral(bytes.map(({ moments }) => moments)),
      toArrayLiteral(bytes.map(({ categories }) => categories)),
      toArrayLiteral(bytes.map(({ projections }) => projections)),
      toArrayLiteral(rows.map(({ summary }) => (isFilled('category', summary) ? topkOf(summary) : null))),
    ],
  );
  checkAllWritten(written.length, rows.length);
}

/** What the columns of quantiles are of: the numbers of a series, or the norms of its vectors. */
function shownDigest(summary: Summary): Digest | null {
  if (isFilled('number', summary)) return summary.digest;
  return isFilled('vector', summary) ? summary.projections.norm : null;
}

function isFilled(wanted: SeriesKind, { kind, kinds }: Summary): boolean {
  return kind === wanted && kinds.valid > 0;
}

function topkOf(summary: Summary): string {
  const top = summary.categories.entries().slice(0, TOPK);
  return toJson(Object.fromEntries(top.map(({ key, count }) => [key, count])));
}
