import type { ValidLoss } from '../ingest/batch.ts';
import { type Queryable, toArrayLiteral } from './database.ts';

/** Records batches; answers those that are new as `source/sequence`. */
export async function registerBatches(
  tx: Queryable,
  batches: readonly { readonly source: string; readonly sequence: number }[],
): Promise<Set<string>> {
  const rows = await tx.query<{ source: string; seq: number }>(
    `insert into ingest_batch (source, seq)
     select * from unnest($1::text::uuid[], $2::text::int8[]) as t (source, seq) order by 1, 2
     on conflict do nothing
     returning source::text, seq`,
    [toArrayLiteral(batches.map(({ source }) => source)), toArrayLiteral(batches.map(({ sequence }) => sequence))],
  );
  return new Set(rows.map(({ source, seq }) => `${source}/${seq}`));
}

/** Adds what an agent could not keep. */
export async function addLosses(
  tx: Queryable,
  source: string,
  losses: readonly (ValidLoss & { readonly versionId: number })[],
): Promise<void> {
  for (const { versionId, reason, count } of losses) {
    await tx.query(
      `insert into loss (model_version_id, source, reason, n_rows) values ($1, $2, $3, $4)
       on conflict (model_version_id, source, reason)
       do update set n_rows = least(loss.n_rows + excluded.n_rows, $5), last_at = now()`,
      [versionId, source, reason, count, Number.MAX_SAFE_INTEGER],
    );
  }
}

/** Registers this run of the collector; its id is the `part` of all it writes. */
export async function registerCollector(db: Queryable, bootId: string, host: string): Promise<number> {
  const rows = await db.query<{ id: number }>('insert into collector (boot_id, host) values ($1, $2) returning id', [
    bootId,
    host,
  ]);
  const id = rows[0]?.id;
  if (id === undefined) throw new Error('the collector could not be registered');
  return id;
}
