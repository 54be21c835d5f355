/** A width of window that has tables of its own. */
export type Level = { readonly widthMs: number; readonly summaries: string; readonly traffic: string };

/** Finest first. Table names are ours, so they may stand in SQL as they are. */
export const LEVELS: readonly Level[] = Object.freeze([
  { widthMs: 60_000, summaries: 'summary_1m', traffic: 'traffic_1m' },
  { widthMs: 3_600_000, summaries: 'summary_1h', traffic: 'traffic_1h' },
]);

/**
 * A part that stands in the store with the same `rev` or a newer one was written by a transaction of ours that was given
 * up for lost and committed late. Adding to what was read before it would lose what it wrote.
 * @throws {Error} so that the transaction is rolled back, the parts are read again and the batches come again.
 */
export function checkAllWritten(written: number, parts: number): void {
  if (written !== parts) throw new Error(`${parts - written} parts changed in the store since they were read`);
}
