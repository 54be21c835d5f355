import type { PartLossReason, RowLossReason } from './losses.ts';

/** Exact accounts in inferences: captured = sent + pending + all of dropped. */
export type AgentStats = {
  /** Inferences that came to an end. */
  readonly captured: number;
  /** Acknowledged by the collector. */
  readonly sent: number;
  /** In open windows, waiting, or on their way. */
  readonly pending: number;
  readonly dropped: Readonly<Record<RowLossReason, number>>;
  /** Inferences that were counted without a part of their fields. */
  readonly incomplete: Readonly<Record<PartLossReason, number>>;
  /** Estimated bytes that wait for the collector. */
  readonly queueBytes: number;
};
