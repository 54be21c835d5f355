import type { Scenario } from './scenario.ts';
import { usualShape, wallNow } from './shapes.ts';
import { Stage } from './stage.ts';
import { conclude } from './verdict.ts';

const EVERY_MS = 5_000;

/** A collector that is stopped in order and started again under load. */
export const restart: Scenario = {
  what: 'the collector is stopped by SIGTERM and started again every 5 s; every count exact',
  databases: ['embedded', 'postgres'],
  agents: 50,
  seconds: 30,
  async run({ seed, agents, database, seconds, progress }) {
    const stage = await Stage.open({ database });
    try {
      const fleet = stage.send({ shape: usualShape(seed), seed, agents, now: wallNow });
      const running = fleet.run(seconds * 1_000);
      let restarts = 0;
      for (let at = EVERY_MS; at < seconds * 1_000; at += EVERY_MS) {
        await fleetTime(EVERY_MS);
        progress(`restart ${++restarts}`);
        await stage.collector.terminate();
        await stage.collector.start();
      }
      await running;
      return await conclude(stage, fleet, { figures: { restarts } });
    } finally {
      await stage.close();
    }
  },
};

function fleetTime(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
