import { type CleanUp, deleteSlice } from './delete-rows.ts';
import { LEVELS } from './levels.ts';

/** Batch ids are kept for longer than a batch is taken after it was sealed (`MAX_SEALED_MS`), be it out of a spool. */
const BATCH_ID_HOURS = 16 * 24;

/** What goes by the wall's clock, and when: the tables of what happened to the collector, not to the data. */
const OLD: readonly { readonly table: string; readonly where: string }[] = [
  // Whoever was told of an alert that is still open is to be told of its end.
  {
    table: 'delivery',
    where: `state <> 'due' and done_at < $1 and not exists
      (select 1 from alert where alert.fingerprint = delivery.fingerprint and alert.state <> 'inactive')`,
  },
  { table: 'loss', where: 'last_at < $1' },
  // What it said of itself goes with it.
  { table: 'agent', where: 'last_seen < $1' },
  // Every window that holds anything has traffic, if of no rows: there a run is known by its part.
  {
    table: 'collector',
    where: `started_at < $1 and ${LEVELS.map(({ traffic }) => `not exists (select 1 from ${traffic} where part = collector.id)`).join(' and ')}`,
  },
];

/**
 * What deletes agents, losses, deliveries and runs of collectors from before `before` (ms, wall clock), and batch ids
 * that no agent will send again.
 */
export function planHousekeeping(before: number, wallNow: number): CleanUp[] {
  const batchesBefore = new Date(wallNow - BATCH_ID_HOURS * 3_600_000);
  const batches: CleanUp = (session) => deleteSlice(session, 'ingest_batch', 'received_at < $1', [batchesBefore]);
  if (before === -Infinity) return [batches];
  const old = OLD.map(({ table, where }): CleanUp => {
    return (session) => deleteSlice(session, table, where, [new Date(before)]);
  });
  return [batches, ...old];
}
