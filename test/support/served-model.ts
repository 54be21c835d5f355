import { type Agent, createAgent } from '@tidemark/agent';
import { Tensor } from 'onnxruntime-node';
import { openModel } from '../../examples/flight-delay/src/batch-run.ts';
import { INPUT_NAME, LABEL_NAME, onnxModel, PROBABILITIES_NAME } from '../../examples/flight-delay/src/onnx-model.ts';
import { oneSplit } from './one-split.ts';

export const HOUR = 3_600_000;
export const MODEL = 'tiny';

/** Says 1 where x > 0.5. */
const ENSEMBLE = oneSplit(-2, 2);

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
