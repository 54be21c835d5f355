/** A width of window that has tables of its own. */
export type Level = { readonly widthMs: number; readonly summaries: string; readonly traffic: string };

/** Finest first; each is a whole number of the one before. Table names are ours, so they may stand in SQL as they are. */
export const LEVELS: readonly Level[] = Object.freeze([
  { widthMs: 60_000, summaries: 'summary_1m', traffic: 'traffic_1m' },
  { widthMs: 3_600_000, summaries: 'summary_1h', traffic: 'traffic_1h' },
  { widthMs: 86_400_000, summaries: 'summary_1d', traffic: 'traffic_1d' },
]);

/** Widths of windows that can be asked for, ms: nothing coarser is answered than this, save what agents sent so. */
export type Widest = 60_000 | 3_600_000 | 86_400_000;

/** Before and after every window there can be: where the epoch begins, and where times end that every store can hold. */
export const ALL_TIME = Object.freeze({ from: 0, to: Date.UTC(9999, 0, 1) });

const SERIALIZATION_FAILURE = '40001';

/**
 * A part that stands in the store with another `rev` than was read was written by a transaction of ours that was given
 * up for lost and committed late. Adding to what was read before it would lose what it wrote.
 * @throws {Error} with the SQLSTATE of a serialization failure, so that the transaction is rolled back, the parts are read
 * again and the commit is tried again.
 */
export function checkAllWritten(written: number, parts: number): void {
  if (written === parts) return;
  const error = new Error(`${parts - written} parts changed in the store since they were read`);
  throw Object.assign(error, { code: SERIALIZATION_FAILURE });
}
