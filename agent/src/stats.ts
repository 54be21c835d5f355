import type { PartLossReason, RowLossReason } from './losses.ts';

/** Exact accounts of outcomes: given = sent + pending + spooled + dropped. */
export type OutcomeStats = {
  readonly given: number;
  readonly sent: number;
  readonly pending: number;
  readonly spooled: number;
  readonly dropped: number;
};

/** What is in the spool, and what became of batches that earlier runs had left there. */
export type SpoolStats = {
  /** Batches that are there and not in memory. */
  readonly batches: number;
  /** Bytes of the directory, as far as this run knows. */
  readonly bytes: number;
  /** Batches of earlier runs that were delivered, and that were given up. */
  readonly recovered: number;
  /** Inferences in delivered batches of earlier runs that the collector refused. */
  readonly refusedRows: number;
  readonly dropped: number;
  /** Files that were no batches and were moved aside. */
  readonly bad: number;
};

/** Exact accounts in inferences: captured = sent + pending + spooled + all of dropped. */
export type AgentStats = {
  /** Inferences that came to an end. */
  readonly captured: number;
  /** Acknowledged by the collector. */
  readonly sent: number;
  /** In open windows, waiting, or on their way. */
  readonly pending: number;
  /** In the spool and not in memory: sent from there, by this run or the next. */
  readonly spooled: number;
  readonly dropped: Readonly<Record<RowLossReason, number>>;
  /** Inferences that were counted without a part of their fields. */
  readonly incomplete: Readonly<Record<PartLossReason, number>>;
  readonly outcomes: OutcomeStats;
  readonly spool: SpoolStats;
  /** Estimated bytes, and sealed batches, that wait for the collector. */
  readonly queueBytes: number;
  readonly queueBatches: number;
  /** Bytes written to the collector, repeats included. */
  readonly bytesSent: number;
  /** Time of the agent's own work outside of wrapped calls: draining, packing, sending. */
  readonly cpuMs: number;
  /** Delay of this thread's event loop, 99th percentile between the two latest batches. */
  readonly eventLoopDelayP99Ms: number;
  /** This clock less the collector's, by the latest receipt; 0 = unknown. */
  readonly clockSkewMs: number;
  /** Revision of the collector's settings the agent goes by; 0 = it has none. */
  readonly settingsRevision: number;
};
