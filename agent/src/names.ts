/** UTF-8 bytes of a stage, field, model name or version on the wire. */
export const MAX_NAME_BYTES = 128;

/** Whether the wire takes `name`: 1 to 128 bytes of well-formed UTF-8 without control characters. */
export function isName(name: unknown): name is string {
  // One UTF-16 unit is at least one byte, so a long name need not be measured.
  if (typeof name !== 'string' || name.length === 0 || name.length > MAX_NAME_BYTES) return false;
  return Buffer.byteLength(name, 'utf8') <= MAX_NAME_BYTES && !/\p{Cc}/u.test(name) && name.isWellFormed();
}

const STAGES = new Set(['input', 'feature', 'prediction', 'confidence', 'latency', 'outcome']);

/** Whether `stage` is one of the fixed stages or `step:<name>`. */
export function isStage(stage: unknown): stage is string {
  return isName(stage) && (STAGES.has(stage) || (stage.startsWith('step:') && stage.length > 5));
}
