import type { PartRefusal, ValidBatch } from '../ingest/batch.ts';

/** Summaries and rows of a batch. */
export type Tally = { readonly summaries: number; readonly rows: number };

/** Everything that passed the checks of the batch's bytes. */
export function tallyBatch({ windows }: Pick<ValidBatch, 'windows'>): Tally {
  let summaries = 0;
  let rows = 0;
  for (const window of windows) {
    summaries += window.summaries.length;
    rows += window.rows;
  }
  return { summaries, rows };
}

/**
 * What of an accepted batch was refused, by the checks or by the commit. How many summaries a window held that did not pass
 * the checks as a whole nobody knows any more: its rows are counted, they are not.
 */
export function tallyRefused(
  { windows }: Pick<ValidBatch, 'windows'>,
  refusals: readonly PartRefusal[],
): { readonly byChecks: Tally; readonly byCommit: Tally } {
  const open = new Map(refusals.map((refusal) => [refusal.part, refusal]));
  const byCommit = { summaries: 0, rows: 0 };
  for (const window of windows) {
    const isWhole = open.delete(window.part);
    if (isWhole) byCommit.rows += window.rows;
    for (const { part } of window.summaries) if (open.delete(part) || isWhole) byCommit.summaries += 1;
  }
  const byChecks = { summaries: 0, rows: 0 };
  for (const { part, rows } of open.values()) {
    if (/^windows\[\d+\]$/.test(part)) byChecks.rows += rows;
    else if (/^windows\[\d+\]\.summaries\[\d+\]$/.test(part)) byChecks.summaries += 1;
  }
  return { byChecks, byCommit };
}
