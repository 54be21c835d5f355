import type { Scenario } from './scenario.ts';
import { usualShape, wallNow } from './shapes.ts';
import { Stage } from './stage.ts';
import { conclude } from './verdict.ts';

const DAY = 86_400_000;
const DAYS = 30;
const STEP = 3_600_000;
const FROM = Date.UTC(2001, 0, 1);

/** Thirty days in simulated time, as fast as the collector takes them. */
export const month: Scenario = {
  what: `${DAYS} days of hourly windows in simulated time, with the cycle of the day; every count exact`,
  databases: ['embedded', 'postgres'],
  agents: 5,
  seconds: 0,
  async run({ seed, agents, database, progress }) {
    const stage = await Stage.open({ database, settings: { TIDEMARK_TIME: 'data' } });
    try {
      let now = FROM;
      const shape = usualShape(seed, { windowMs: STEP, flushMs: STEP, rowsPerSecond: 1, models: 4, seriesPerModel: 6 });
      const fleet = stage.send({ shape, seed, agents, now: wallNow });
      for (let day = 0; day < DAYS; day++) {
        for (const end = now + DAY; now < end; now += STEP) fleet.serveAll(now, now + STEP);
        await fleet.drain(60_000);
        if (day % 10 === 9) progress(`day ${day + 1}`);
      }
      return await conclude(stage, fleet, { figures: { days: DAYS } });
    } finally {
      await stage.close();
    }
  },
};
