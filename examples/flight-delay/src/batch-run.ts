import { InferenceSession, Tensor } from 'onnxruntime-node';
import { INPUT_NAME, LABEL_NAME, PROBABILITIES_NAME } from './onnx-model.ts';

/** What serving needs of an ONNX session: the real one, or one that watches it. */
export type ModelSession = {
  readonly run: (feeds: Record<string, Tensor>) => Promise<InferenceSession.OnnxValueMapType>;
};

/** The answers to the rows of one run, in their order. */
export type BatchAnswer = {
  /** 0 or 1: the more likely class. */
  readonly labels: BigInt64Array;
  /** Probability of class 1, float32. */
  readonly probabilities: Float32Array;
};

/** Opens a model for one core: a service that shares its machine should not start a thread for each of its cores. */
export function openModel(model: Uint8Array | string): Promise<InferenceSession> {
  const options = { intraOpNumThreads: 1, interOpNumThreads: 1 } as const;
  return typeof model === 'string' ? InferenceSession.create(model, options) : InferenceSession.create(model, options);
}

/** Runs a row-major matrix with `width` columns through the session in one call. */
export async function runBatch(session: ModelSession, rows: Float32Array, width: number): Promise<BatchAnswer> {
  const count = rows.length / width;
  const answer = await session.run({ [INPUT_NAME]: new Tensor('float32', rows, [count, width]) });
  const label = answer[LABEL_NAME]?.data;
  const both = answer[PROBABILITIES_NAME]?.data;
  if (!(label instanceof BigInt64Array) || !(both instanceof Float32Array) || both.length !== 2 * count) {
    throw new Error(
      `the model should answer ${LABEL_NAME} (int64) and ${PROBABILITIES_NAME} (float32) for ${count} rows`,
    );
  }
  const probabilities = new Float32Array(count);
  for (let row = 0; row < count; row += 1) probabilities[row] = both[2 * row + 1]!;
  return { labels: label, probabilities };
}
