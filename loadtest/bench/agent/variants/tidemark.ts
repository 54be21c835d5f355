import { createAgent } from '@tidemark/agent';
import { SinkProcess } from '../sink-process.ts';
import type { Variant } from '../variant.ts';
import type { Features } from '../workload.ts';

/** Features, prediction, confidence and latency into sketches, shipped to a collector in another process. */
export const tidemark: Variant = {
  id: 'tidemark',
  label: 'Tidemark',
  async start(predict) {
    const sink = await SinkProcess.start();
    const agent = createAgent({ collector: sink.address, model: { name: 'bench', version: '1' } });
    const watched = agent.wrap(predict, {
      features: (features) => features,
      prediction: (answer) => answer.minutes,
      confidence: (answer) => answer.p,
    });
    return {
      async calls(features: readonly Features[], times: number) {
        const { length } = features;
        for (let i = 0; i < times; i++) await watched(features[i % length]!);
      },
      now: () => void agent.flush(),
      async stop() {
        await agent.stop();
        await sink.stop();
      },
    };
  },
};
