import { seeded } from '../bench/seeded.ts';
import { killAtRandom } from './kills.ts';
import type { Scenario } from './scenario.ts';
import { usualShape, wallNow } from './shapes.ts';
import { Stage } from './stage.ts';
import { conclude } from './verdict.ts';

const COLLECTORS = 3;

/** Three collectors on one database; agents go on with the next when theirs dies. */
export const severalCollectors: Scenario = {
  what: `${COLLECTORS} collectors on one database, one of them killed by kill -9 every second (--seconds: kills); every count exact`,
  databases: ['postgres'],
  agents: 30,
  seconds: 15,
  async run({ seed, agents, database, seconds: kills, progress }) {
    const stage = await Stage.open({ database, collectors: COLLECTORS });
    try {
      const shape = usualShape(seed, { flushMs: 500, seriesPerModel: 8, models: 4 });
      const fleet = stage.send({ shape, seed, agents, now: wallNow });
      const random = seeded(seed + 2);
      await killAtRandom(fleet, random, kills, async (nth) => {
        progress(`kill ${nth}`);
        const collector = stage.collectors[Math.floor(random() * COLLECTORS)];
        await collector?.kill();
        await collector?.start();
      });
      const parts = await stage.ask((sql) => sql<{ n: unknown }>('select count(distinct part) as n from traffic_1m'));
      const writers = Number(parts[0]?.n);
      return await conclude(stage, fleet, {
        figures: { kills, parts: writers },
        checks: [{ what: 'runs of collectors that wrote', value: writers, pass: writers >= COLLECTORS }],
      });
    } finally {
      await stage.close();
    }
  },
};
