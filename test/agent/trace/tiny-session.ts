import { type InferenceSession, Tensor } from 'onnxruntime-node';
import { openModel } from '../../../examples/flight-delay/src/batch-run.ts';
import { INPUT_NAME, onnxModel } from '../../../examples/flight-delay/src/onnx-model.ts';

/** A real session of one column that answers 1 where it is above 0.5. */
export function openTiny(): Promise<InferenceSession> {
  const tree = {
    feature: Int16Array.of(0, -1, -1),
    threshold: Float32Array.of(0.5, 0, 0),
    left: Uint16Array.of(1, 0, 0),
    right: Uint16Array.of(2, 0, 0),
    value: Float32Array.of(0, -2, 2),
  };
  return openModel(onnxModel({ features: ['x'], base: 0, trees: [tree] }, 'tiny'));
}

/** Feeds of one row. */
export const feedsOf = (x: number) => ({ [INPUT_NAME]: new Tensor('float32', Float32Array.of(x), [1, 1]) });
