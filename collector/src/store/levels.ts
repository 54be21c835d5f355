/** A width of window that has tables of its own. */
export type Level = { readonly widthMs: number; readonly summaries: string; readonly traffic: string };

/** Finest first. Table names are ours, so they may stand in SQL as they are. */
export const LEVELS: readonly Level[] = Object.freeze([
  { widthMs: 60_000, summaries: 'summary_1m', traffic: 'traffic_1m' },
  { widthMs: 3_600_000, summaries: 'summary_1h', traffic: 'traffic_1h' },
]);
