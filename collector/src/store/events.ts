import type { PlainValue, PlainViolation, StratumName } from '@tidemark/proto';
import type { PlacedEvent } from '../ingest/ingest-store.ts';
import { type Queryable, toArrayLiteral, toJson } from './database.ts';

/** An event as SQL answers it; `at` in ms. */
export type EventRow = {
  readonly at: number;
  readonly stratum: StratumName;
  readonly weight: number;
  readonly slice: string;
  readonly latency_ms: number;
  readonly failed: boolean;
  readonly prediction_id: string | null;
  readonly values: Record<string, Record<string, number | string | boolean | null>>;
  readonly violations: PlainViolation[];
  readonly trace_id: string | null;
  readonly span_id: string | null;
};

/** Writes events; one that is there already stays as it is. */
export async function writeEvents(tx: Queryable, events: readonly PlacedEvent[]): Promise<void> {
  const column = <T extends string | number | boolean | null>(pick: (event: PlacedEvent) => T) =>
    toArrayLiteral(events.map(pick));
  await tx.query(
    `insert into event (model_version_id, at, source, sequence, ordinal, stratum, weight, slice, latency_ms, failed,
       prediction_id, values, violations, trace_id, span_id)
     select v, to_timestamp(w), s, q, o, r, g, c, l, f, nullif(p, ''), x::jsonb, y::jsonb, nullif(t, ''), nullif(i, '')
     from unnest($1::text::int[], $2::text::float8[], $3::text::uuid[], $4::text::int8[], $5::text::int[],
       $6::text::text[], $7::text::float8[], $8::text::text[], $9::text::float8[], $10::text::bool[],
       $11::text::text[], $12::text::text[], $13::text::text[], $14::text::text[], $15::text::text[])
       as e (v, w, s, q, o, r, g, c, l, f, p, x, y, t, i)
     order by v, w
     on conflict do nothing`,
    [
      column(({ versionId }) => versionId),
      column(({ atMs }) => atMs / 1000),
      column(({ source }) => source),
      column(({ sequence }) => sequence),
      column(({ ordinal }) => ordinal),
      column(({ stratum }) => stratum),
      column(({ weight }) => weight),
      column(({ slice }) => slice),
      column(({ latencyMs }) => latencyMs),
      column(({ failed }) => failed),
      column(({ predictionId }) => predictionId),
      column(({ values }) => toJson(byStage(values))),
      column(({ violations }) => toJson(violations)),
      column(({ traceId }) => traceId),
      column(({ spanId }) => spanId),
    ],
  );
}

/** Values by stage and field; of two with one name the later is kept. Any name may be a key, also `__proto__`. */
function byStage(values: readonly PlainValue[]): object {
  const stages = new Map<string, Map<string, PlainValue['value'] | null>>();
  for (const { stage, field, value = null } of values) {
    const fields = stages.get(stage) ?? new Map();
    stages.set(stage, fields.set(field, value));
  }
  return Object.fromEntries([...stages].map(([stage, fields]) => [stage, Object.fromEntries(fields)]));
}

/** Events of a model version in [from, to) (ms), newest first; of one stratum or, with null, of all. */
export function listEvents(
  db: Queryable,
  versionId: number,
  { stratum, from, to, limit }: { stratum: StratumName | null; from: number; to: number; limit: number },
): Promise<EventRow[]> {
  return db.query<EventRow>(
    `select at, stratum, weight, slice, latency_ms, failed, prediction_id, values, violations, trace_id, span_id
     from event where model_version_id = $1 and at >= $2 and at < $3 and ($4::text is null or stratum = $4)
     order by at desc, source, sequence, ordinal limit $5`,
    [versionId, new Date(from), new Date(to), stratum, limit],
  );
}
