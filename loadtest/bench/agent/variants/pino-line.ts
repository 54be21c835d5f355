import { Writable } from 'node:stream';
import pino from 'pino';
import type { Variant } from '../variant.ts';
import type { Features } from '../workload.ts';

/** A line of JSON a call, thrown away by its destination. */
export const pinoLine: Variant = {
  id: 'pino',
  label: 'pino line',
  async start(predict) {
    const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
    // What pino needs of a destination; a stream's own bookkeeping would be counted as pino's.
    const log = pino({ base: null }, Object.assign(nowhere, { write: () => true }));
    const watched = async (features: Features) => {
      const startedMs = performance.now();
      const answer = await predict(features);
      log.info({ features, answer, ms: performance.now() - startedMs }, 'inference');
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
