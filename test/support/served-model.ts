import { type Agent, createAgent } from '@tidemark/agent';
import { Tensor } from 'onnxruntime-node';
import { openModel } from '../../examples/flight-delay/src/batch-run.ts';
import { INPUT_NAME, LABEL_NAME, onnxModel, PROBABILITIES_NAME } from '../../examples/flight-delay/src/onnx-model.ts';
import type { TreeEnsemble } from '../../examples/flight-delay/src/tree-ensemble.ts';

export const HOUR = 3_600_000;
export const MODEL = 'tiny';

/** Says 1 where x > 0.5; one split, so that its answers are known without running it. */
const ENSEMBLE: TreeEnsemble = {
  features: ['x', 'y'],
  base: 0,
  trees: [
    {
      feature: Int16Array.of(0, -1, -1),
      threshold: Float32Array.of(0.5, 0, 0),
      left: Uint16Array.of(1, 0, 0),
      right: Uint16Array.of(2, 0, 0),
      value: Float32Array.of(0, -2, 2),
    },
  ],
};

/** A real ONNX session with the agent around it, in a time that the test sets. */
export type ServedModel = {
  readonly agent: Agent;
  /** Serves one batch of rows [x, y] at the time `at`. */
  serve(at: number, rows: readonly (readonly [number, number])[]): Promise<void>;
};

export async function serveModel(collector: string, version = '1'): Promise<ServedModel> {
  let time = 0;
  const agent = createAgent({
    collector,
    service: 'test',
    model: { name: MODEL, version },
    windowMs: HOUR,
    flushIntervalMs: 3_600_000,
    clock: { now: () => time },
    log: () => undefined,
  });
  const bare = await openModel(onnxModel(ENSEMBLE, MODEL));
  const session = agent.wrapSession(bare, {
    features: { [INPUT_NAME]: ENSEMBLE.features },
    prediction: LABEL_NAME,
    confidence: PROBABILITIES_NAME,
  });
  return {
    agent,
    serve: async (at, rows) => {
      time = at;
      await session.run({ [INPUT_NAME]: new Tensor('float32', Float32Array.from(rows.flat()), [rows.length, 2]) });
    },
  };
}
