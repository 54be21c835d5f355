import { type ModelSession, runBatch } from './batch-run.ts';
import { predictAll, type TreeEnsemble } from './tree-ensemble.ts';

/** How far the answers of the ONNX runtime are from those of our own arithmetic. */
export type ModelCheck = { readonly rows: number; readonly maxDifference: number; readonly otherLabels: number };

/** Largest difference of a probability that float32 sums over some dozens of trees explain. */
export const MAX_DIFFERENCE = 1e-5;

const BATCH = 4096;

/**
 * Runs the rows through the session and through our own arithmetic and compares. Throws an `Error` with the figures when a probability differs by
 * MAX_DIFFERENCE or more, or a label differs although the probability is not on the fence.
 */
export async function checkModel(
  session: ModelSession,
  ensemble: TreeEnsemble,
  rows: Float32Array,
): Promise<ModelCheck> {
  const width = ensemble.features.length;
  const own = predictAll(ensemble, rows);
  let maxDifference = 0;
  let otherLabels = 0;
  for (let start = 0; start < own.length; start += BATCH) {
    const end = Math.min(start + BATCH, own.length);
    const answer = await runBatch(session, rows.slice(start * width, end * width), width);
    for (let row = start; row < end; row += 1) {
      const difference = Math.abs(own[row]! - answer.probabilities[row - start]!);
      // Written so that NaN fails.
      if (!(difference <= maxDifference)) maxDifference = difference;
      const clear = Math.abs(own[row]! - 0.5) > MAX_DIFFERENCE;
      if (clear && Number(answer.labels[row - start]!) !== (own[row]! > 0.5 ? 1 : 0)) otherLabels += 1;
    }
  }
  const check = { rows: own.length, maxDifference, otherLabels };
  if (!(maxDifference < MAX_DIFFERENCE) || otherLabels > 0) {
    throw new Error(
      `the ONNX model and our own arithmetic differ: by up to ${maxDifference} in probability and in ${otherLabels} labels of ${own.length} rows`,
    );
  }
  return check;
}
