/**
 * Limits of the wire, the same on both sides. Bytes and counts of one message unless said;
 * a collector refuses what is over them, an agent never sends it.
 */
export const LIMITS = Object.freeze({
  /** Agents split batches above this. */
  targetBytes: 512 * 1024,
  /** Hard cap of a message, set on both ends of the channel. */
  maxBytes: 4 * 1024 * 1024,
  maxSummaries: 512,
  /** Centroids of one digest. */
  maxCentroids: 1024,
  /** Directions that the vectors of one series are projected on; each has a digest. */
  maxDirections: 64,
  /** Batches on their way without a receipt. */
  maxUnacknowledged: 16,
  /** UTF-8 bytes of a model name, version, field, slice or tag. */
  maxNameBytes: 128,
  /** UTF-8 bytes of a category. */
  maxKeyBytes: 64,
  /** Events, and outcomes, of one batch, each. */
  maxEvents: 4096,
  /** Values of one event or outcome, and violations of one event. */
  maxValues: 1000,
  /** Bytes of one event as it stands on the wire. */
  maxEventBytes: 64 * 1024,
  /** UTF-8 bytes of a text among the values of an event or outcome. */
  maxTextBytes: 256,
  /** UTF-8 bytes of the name of one inference. */
  maxPredictionIdBytes: 128,
  /** Bounded fields of one model version, and allowed categories of one field. */
  maxBounds: 1000,
  /** Bytes of the settings of one model version as they stand on the wire. */
  maxSettingsBytes: 128 * 1024,
});

/** Stages that exist for every model; `step:<name>` names a step of its pipeline. */
export const STAGES = Object.freeze(['input', 'feature', 'prediction', 'confidence', 'latency', 'outcome'] as const);
export type Stage = (typeof STAGES)[number] | `step:${string}`;

/** Widths that windows may have, in milliseconds: a minute and an hour. */
export const WINDOW_WIDTHS_MS = Object.freeze([60_000, 3_600_000] as const);

export function isStage(value: string): value is Stage {
  return (STAGES as readonly string[]).includes(value) || /^step:[^/]+$/.test(value);
}
