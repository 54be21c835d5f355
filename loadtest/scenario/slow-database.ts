import type { Scenario } from './scenario.ts';
import { usualShape, wallNow } from './shapes.ts';
import { Stage } from './stage.ts';
import { conclude } from './verdict.ts';

/** The server stands still for nine tenths of the time. */
const STILL_MS = 900;
const GOING_MS = 100;

/** A database that gets a tenth of its time. */
export const slowDatabase: Scenario = {
  what: `PostgreSQL stands still ${STILL_MS} ms of every ${STILL_MS + GOING_MS}; every count exact`,
  databases: ['postgres'],
  agents: 50,
  seconds: 30,
  async run({ seed, agents, database, seconds }) {
    const stage = await Stage.open({ database });
    let isOver = false;
    const slowDown = async () => {
      while (!isOver) {
        await stage.postgres.pause();
        await wait(STILL_MS);
        await stage.postgres.resume();
        await wait(GOING_MS);
      }
    };
    try {
      const fleet = stage.send({ shape: usualShape(seed), seed, agents, now: wallNow });
      const slow = slowDown();
      await fleet.run(seconds * 1_000);
      isOver = true;
      await slow;
      return await conclude(stage, fleet);
    } finally {
      isOver = true;
      await stage.close();
    }
  },
};

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
