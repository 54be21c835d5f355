import type { Fleet } from '../fleet/fleet.ts';
import type { Check, Scenario } from './scenario.ts';
import { usualShape, wallNow } from './shapes.ts';
import { Stage } from './stage.ts';
import { conclude } from './verdict.ts';

const MINUTE = 60_000;
const HOUR = 3_600_000;
/** What the collectors of these scenarios keep. */
const RETENTION_HOURS = 24;
const SETTINGS = { TIDEMARK_RETENTION: `${RETENTION_HOURS}h` };

/** Rows come late: by a minute, by hours, by more than is kept. One agent in four each, and one that is on time. */
export const lateData: Scenario = {
  what: `rows up to ${RETENTION_HOURS - 1} h late count in their windows, older ones are refused as too_old`,
  databases: ['embedded', 'postgres'],
  agents: 24,
  seconds: 20,
  async run({ seed, agents, database, seconds }) {
    const lateMs = [0, 10 * MINUTE, (RETENTION_HOURS - 1) * HOUR, (RETENTION_HOURS + 1) * HOUR];
    const stage = await Stage.open({ database, settings: SETTINGS });
    try {
      const fleet = stage.send({ shape: usualShape(seed), seed, agents, now: wallNow });
      await fleet.run(seconds * 1_000, (agent) => lateMs[agent % lateMs.length] ?? 0);
      await fleet.drain(60_000);
      return await conclude(stage, fleet, { checks: refusedFor(fleet, ['too_old']) });
    } finally {
      await stage.close();
    }
  },
};

/** Clocks of agents are off: by minutes, by hours, in both directions. */
export const clockSkew: Scenario = {
  what: 'agents whose clocks are 3 min ahead or hours behind count; hours ahead are refused as in_the_future, days behind as too_old',
  databases: ['embedded', 'postgres'],
  agents: 24,
  seconds: 20,
  async run({ seed, agents, database, seconds }) {
    const offsetsMs = [0, 3 * MINUTE, -6 * HOUR, 4 * HOUR, -3 * 24 * HOUR];
    const clockOffsetMs = (agent: number) => offsetsMs[agent % offsetsMs.length] ?? 0;
    const stage = await Stage.open({ database, settings: SETTINGS });
    try {
      const fleet = stage.send({ shape: usualShape(seed), seed, agents, now: wallNow, clockOffsetMs });
      await fleet.run(seconds * 1_000);
      await fleet.drain(60_000);
      return await conclude(stage, fleet, { checks: refusedFor(fleet, ['in_the_future', 'too_old']) });
    } finally {
      await stage.close();
    }
  },
};

/** These reasons, and no others. */
function refusedFor(fleet: Fleet, codes: readonly string[]): Check[] {
  const { refused } = fleet.ledger.totals;
  const others = Object.keys(refused).filter((code) => !codes.includes(code));
  return [
    ...codes.map((code) => {
      const rows = refused[code] ?? 0;
      return { what: `rows refused as ${code}`, value: rows, pass: rows > 0 };
    }),
    { what: 'other reasons to refuse', value: others.join(', ') || 0, pass: others.length === 0 },
  ];
}
