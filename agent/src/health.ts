/** What an agent says of itself with every batch, since its start unless said. Counts are inferences. */
export type Health = {
  /** captured = sent + pending + dropped; what waits in a spool is pending here. */
  readonly captured: number;
  readonly sent: number;
  readonly pending: number;
  readonly dropped: number;
  /** Time of draining, packing and sending; see `WorkTime`. */
  readonly cpuMs: number;
  /** Bytes of batches written to the collector, repeats included. */
  readonly bytesSent: number;
  /** Estimated bytes, and batches, that wait for a receipt. */
  readonly queueBytes: number;
  readonly queueBatches: number;
  /** Delay of the host's event loop since the previous batch, 99th percentile. */
  readonly eventLoopDelayP99Ms: number;
  /** Our clock less the collector's; positive = ours is ahead; 0 = unknown. */
  readonly clockSkewMs: number;
};
