import type { Variant } from '../variant.ts';
import type { Features } from '../workload.ts';

/** Nobody looks: the floor. */
export const bare: Variant = {
  id: 'bare',
  label: 'not wrapped',
  async start(predict) {
    return {
      async calls(features: readonly Features[], times: number) {
        const { length } = features;
        for (let i = 0; i < times; i++) await predict(features[i % length]!);
      },
      now() {},
      async stop() {},
    };
  },
};
