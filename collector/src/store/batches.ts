import type { ValidLoss } from '../ingest/batch.ts';
import { type BatchName, batchKey } from '../ingest/ingest-store.ts';
import { type Queryable, toArrayLiteral } from './database.ts';

/** Records batches; answers those that are new, by `batchKey`. */
export async function registerBatches(tx: Queryable, batches: readonly BatchName[]): Promise<Set<string>> {
  const rows = await tx.query<BatchName>(
    `insert into ingest_batch (project_id, source, seq)
     select * from unnest($1::text::int[], $2::text::uuid[], $3::text::int8[]) as t (project, source, seq) order by 1, 2, 3
     on conflict do nothing
     returning project_id as "projectId", source::text, seq as sequence`,
    [
      toArrayLiteral(batches.map(({ projectId }) => projectId)),
      toArrayLiteral(batches.map(({ source }) => source)),
      toArrayLiteral(batches.map(({ sequence }) => sequence)),
    ],
  );
  return new Set(rows.map(batchKey));
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
