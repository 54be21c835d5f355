import type { Scenario } from './scenario.ts';
import { usualShape, wallNow } from './shapes.ts';
import { Stage } from './stage.ts';
import { conclude } from './verdict.ts';

/** An ordinary day, in wall time. */
export const steady: Scenario = {
  what: 'even traffic; every count exact',
  databases: ['embedded', 'postgres'],
  agents: 50,
  seconds: 30,
  async run({ seed, agents, database, seconds }) {
    const stage = await Stage.open({ database });
    try {
      const fleet = stage.send({ shape: usualShape(seed), seed, agents, now: wallNow });
      await fleet.run(seconds * 1_000);
      const residentMegabytes = ((await stage.residentBytes()) ?? 0) / 1e6;
      return await conclude(stage, fleet, { figures: { residentMegabytes } });
    } finally {
      await stage.close();
    }
  },
};
