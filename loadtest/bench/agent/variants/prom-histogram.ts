import { Histogram } from 'prom-client';
import type { Variant } from '../variant.ts';
import type { Features } from '../workload.ts';

/** One histogram of durations with one label. */
export const promHistogram: Variant = {
  id: 'prom',
  label: 'prom-client histogram, 1 label',
  async start(predict) {
    const histogram = new Histogram({ name: 'bench', help: 'bench', labelNames: ['model'], registers: [] });
    const labels = { model: 'bench' };
    const watched = async (features: Features) => {
      const startedMs = performance.now();
      const answer = await predict(features);
      histogram.observe(labels, (performance.now() - startedMs) / 1_000);
      return answer;
    };
    return {
      async calls(features: readonly Features[], times: number) {
        const { length } = features;
        for (let i = 0; i < times; i++) await watched(features[i % length]!);
      },
      now() {},
      async stop() {},
    };
  },
};
