import { seeded } from '../bench/seeded.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { Scenario, ScenarioOptions, ScenarioResult } from './scenario.ts';
import { usualShape, wallNow } from './shapes.ts';
import { Stage } from './stage.ts';
import { conclude } from './verdict.ts';

/** The longest that something lives between two kills, in ms; each life is a random share of it. */
const LONGEST_LIFE_MS = 1_000;
/** Agents go on for so long after a kill, in ms. */
const AFTERLIFE_MS = 200;

/** `seconds` are kills here: a life lasts one at the most. */
const kills = (what: string, databases: Scenario['databases'], kill: (stage: Stage) => Promise<void>): Scenario => {
  return { what, databases, agents: 20, seconds: 20, run: (options) => runKills(options, kill) };
};

/** `kill -9` of the collector at random moments. */
export const collectorKills = kills(
  'kill -9 of the collector at random moments (--seconds=50: fifty times); nothing acknowledged lost, nothing twice',
  ['embedded', 'postgres'],
  async ({ collector }) => {
    await collector.kill();
    await collector.start();
  },
);

/** `kill -9` of every process of PostgreSQL at random moments; the collector has to live. */
export const databaseKills = kills(
  'kill -9 of PostgreSQL at random moments (--seconds=50: fifty times); nothing acknowledged lost, nothing twice',
  ['postgres'],
  async ({ postgres }) => {
    await postgres.kill();
    await postgres.start();
  },
);

async function runKills(options: ScenarioOptions, kill: (stage: Stage) => Promise<void>): Promise<ScenarioResult> {
  const { seed, agents, database, seconds: count, progress } = options;
  const stage = await Stage.open({ database });
  try {
    const shape = usualShape(seed, { flushMs: 300, seriesPerModel: 6, models: 4 });
    const fleet = stage.send({ shape, seed, agents, now: wallNow });
    await killAtRandom(fleet, seeded(seed + 2), count, async (nth) => {
      progress(`kill ${nth}`);
      await kill(stage);
    });
    return await conclude(stage, fleet, { figures: { kills: count } });
  } finally {
    await stage.close();
  }
}

/** Lets the fleet serve and kills meanwhile, `count` times; in each life something is committed before the kill. */
export async function killAtRandom(
  fleet: Fleet,
  random: () => number,
  count: number,
  kill: (nth: number) => Promise<void>,
): Promise<void> {
  for (let nth = 1; nth <= count; nth++) {
    const before = fleet.notes.accepted;
    do await fleet.run(100);
    while (fleet.notes.accepted === before);
    const lifeMs = random() * LONGEST_LIFE_MS;
    const running = fleet.run(lifeMs + AFTERLIFE_MS);
    await new Promise((resolve) => setTimeout(resolve, lifeMs));
    await kill(nth);
    await running;
  }
}
