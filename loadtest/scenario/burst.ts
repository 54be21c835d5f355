import type { Scenario } from './scenario.ts';
import { usualShape, wallNow } from './shapes.ts';
import { Stage } from './stage.ts';
import { conclude } from './verdict.ts';

const FACTOR = 20;
const BURST_SECONDS = 5;

/** Quiet, then twenty times the traffic for five seconds, again and again. */
export const burst: Scenario = {
  what: `${FACTOR} times the traffic for ${BURST_SECONDS} s in ${2 * BURST_SECONDS}; every count exact`,
  databases: ['embedded', 'postgres'],
  agents: 50,
  seconds: 30,
  async run({ seed, agents, database, seconds, progress }) {
    const stage = await Stage.open({ database });
    try {
      const fleet = stage.send({ shape: usualShape(seed), seed, agents, now: wallNow });
      for (let second = 0; second < seconds; second += BURST_SECONDS) {
        const isBurst = (second / BURST_SECONDS) % 2 === 1;
        progress(isBurst ? 'burst' : 'quiet');
        fleet.factor = isBurst ? FACTOR : 1;
        await fleet.run(BURST_SECONDS * 1_000);
      }
      return await conclude(stage, fleet);
    } finally {
      await stage.close();
    }
  },
};
