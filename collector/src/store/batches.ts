import type { PartRefusal, ValidLoss } from '../ingest/batch.ts';
import { type BatchName, batchKey, type RefusedBatch } from '../ingest/ingest-store.ts';
import { type Queryable, toArrayLiteral, toJson } from './database.ts';

/** Refusals kept of one batch: its windows and summaries, as far as an agent sends them. */
const MAX_REFUSALS = 1_024;
const MAX_MESSAGES = 8;
/** UTF-16 units. */
const MAX_MESSAGE = 200;

/** Records batches; answers those that are new, by `batchKey`. */
export async function registerBatches(tx: Queryable, batches: readonly BatchName[]): Promise<Set<string>> {
  const rows = await tx.query<BatchName>(
    `insert into ingest_batch (project_id, source, seq)
     select * from unnest($1::text::int[], $2::text::uuid[], $3::text::int8[]) as t (project, source, seq) order by 1, 2, 3
     on conflict do nothing
     returning project_id as "projectId", source::text, seq as sequence`,
    namesOf(batches),
  );
  return new Set(rows.map(batchKey));
}

/** Keeps with each batch, which has been recorded, what was not kept of it. */
export async function noteRefusals(tx: Queryable, batches: readonly RefusedBatch[]): Promise<void> {
  await tx.query(
    `update ingest_batch b set refusals = t.refusals::jsonb
     from unnest($1::text::int[], $2::text::uuid[], $3::text::int8[], $4::text::text[]) as t (project, source, seq, refusals)
     where b.project_id = t.project and b.source = t.source and b.seq = t.seq`,
    [...namesOf(batches), toArrayLiteral(batches.map(({ refusals }) => toJson(shortened(refusals))))],
  );
}

/** Parts, codes and rows, by which an agent counts; of messages, which are alike and may quote what came, a few. */
function shortened(refusals: readonly PartRefusal[]): PartRefusal[] {
  return refusals.slice(0, MAX_REFUSALS).map(({ message, ...one }, i) => ({
    ...one,
    message: i < MAX_MESSAGES ? message.slice(0, MAX_MESSAGE).toWellFormed() : '',
  }));
}

/** What was not kept of batches that have been recorded, by `batchKey`; those that were kept whole are not there. */
export async function findRefusals(
  tx: Queryable,
  batches: readonly BatchName[],
): Promise<Map<string, readonly PartRefusal[]>> {
  const rows = await tx.query<RefusedBatch>(
    `select project_id as "projectId", b.source::text, seq as sequence, refusals
     from ingest_batch b join unnest($1::text::int[], $2::text::uuid[], $3::text::int8[]) as t (project, source, number)
       on b.project_id = t.project and b.source = t.source and b.seq = t.number
     where refusals is not null`,
    namesOf(batches),
  );
  return new Map(rows.map((row) => [batchKey(row), row.refusals]));
}

function namesOf(batches: readonly BatchName[]): string[] {
  return [
    toArrayLiteral(batches.map(({ projectId }) => projectId)),
    toArrayLiteral(batches.map(({ source }) => source)),
    toArrayLiteral(batches.map(({ sequence }) => sequence)),
  ];
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
