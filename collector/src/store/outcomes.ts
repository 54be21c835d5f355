import type { PlainValue } from '@tidemark/proto';
import type { PlacedOutcome } from '../ingest/ingest-store.ts';
import { type Queryable, toArrayLiteral } from './database.ts';

/** One field of an outcome as SQL answers it; times in ms. All values null = it is missing. */
export type OutcomeRow = {
  readonly prediction_id: string;
  readonly field: string;
  readonly number: number | null;
  readonly text: string | null;
  readonly flag: boolean | null;
  readonly at: number;
  readonly arrived_at: number;
};

type Field = { readonly versionId: number; readonly id: string; readonly atMs: number } & Pick<
  PlainValue,
  'field' | 'value'
>;

/**
 * Writes outcomes field by field. One that became known later takes the place of what is there; one that is as old or
 * older changes nothing, so an outcome may come any number of times and in any order.
 */
export async function writeOutcomes(tx: Queryable, outcomes: readonly PlacedOutcome[]): Promise<void> {
  const fields = latestFields(outcomes);
  const column = <T extends string | number | boolean | null>(pick: (field: Field) => T) =>
    toArrayLiteral(fields.map(pick));
  await tx.query(
    `insert into outcome (model_version_id, prediction_id, field, number, text, flag, at)
     select v, p, f, n, t, b, to_timestamp(w)
     from unnest($1::text::int[], $2::text::text[], $3::text::text[], $4::text::float8[], $5::text::text[],
       $6::text::bool[], $7::text::float8[]) as o (v, p, f, n, t, b, w)
     order by v, p, f
     on conflict (model_version_id, prediction_id, field) do update set
       number = excluded.number, text = excluded.text, flag = excluded.flag, at = excluded.at, arrived_at = now()
     where excluded.at > outcome.at`,
    [
      column(({ versionId }) => versionId),
      column(({ id }) => id),
      column(({ field }) => field),
      column(({ value }) => (typeof value === 'number' ? value : null)),
      column(({ value }) => (typeof value === 'string' ? value : null)),
      column(({ value }) => (typeof value === 'boolean' ? value : null)),
      column(({ atMs }) => atMs / 1000),
    ],
  );
}

/** One statement may touch a row only once. */
function latestFields(outcomes: readonly PlacedOutcome[]): Field[] {
  const latest = new Map<string, Field>();
  for (const { versionId, predictionId, atMs, values } of outcomes) {
    for (const { field, value } of values) {
      const key = `${versionId}\u0000${predictionId}\u0000${field}`;
      if (atMs > (latest.get(key)?.atMs ?? -Infinity))
        latest.set(key, { versionId, id: predictionId, atMs, field, value });
    }
  }
  return [...latest.values()];
}

/** Outcomes of a model version that became known in [from, to) (ms), newest first; of one prediction or, with null, of all. */
export function listOutcomes(
  db: Queryable,
  versionId: number,
  { predictionId, from, to, limit }: { predictionId: string | null; from: number; to: number; limit: number },
): Promise<OutcomeRow[]> {
  return db.query<OutcomeRow>(
    `select prediction_id, field, number, text, flag, at, arrived_at from outcome
     where model_version_id = $1 and at >= $2 and at < $3 and ($4::text is null or prediction_id = $4)
     order by at desc, prediction_id, field limit $5`,
    [versionId, new Date(from), new Date(to), predictionId, limit],
  );
}
