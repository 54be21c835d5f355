import { MemoryWatch } from './memory-watch.ts';
import type { Scenario } from './scenario.ts';
import { usualShape, wallNow } from './shapes.ts';
import { Stage } from './stage.ts';
import { conclude } from './verdict.ts';

const WARM_UP_MS = 10_000;
/** Whatever waits for the store is bounded; beside that stands what a collector at work takes anyway. */
const MEMORY_CAP_BYTES = 600e6;
const CATCH_UP_MS = 300_000;

/** A database that stops answering without closing a connection, at full load. */
export const pausedDatabase: Scenario = {
  what: 'PostgreSQL is stopped for the whole time (--seconds=600: ten minutes); bounded memory, agents told, catch-up within 5 minutes, every count exact',
  databases: ['postgres'],
  agents: 100,
  seconds: 120,
  async run({ seed, agents, database, seconds, progress }) {
    const stage = await Stage.open({ database });
    const memory = new MemoryWatch(stage);
    try {
      const fleet = stage.send({ shape: usualShape(seed), seed, agents, now: wallNow });
      await fleet.run(WARM_UP_MS);
      progress('PostgreSQL is stopped');
      const beforeBytes = memory.peakBytes;
      memory.reset();
      await stage.postgres.pause();
      const told = fleet.notes.told;
      await fleet.run(seconds * 1_000);
      const toldMeanwhile = fleet.notes.told - told;
      const waited = fleet.ledger.totals.pending;
      const pausedBytes = memory.peakBytes;
      memory.reset();
      await stage.postgres.resume();
      progress(`PostgreSQL goes on; ${waited} rows wait`);
      const catchUpMs = await fleet.drain(CATCH_UP_MS);
      const peakBytes = Math.max(pausedBytes, memory.peakBytes);
      const megabytes = {
        megabytesBefore: beforeBytes / 1e6,
        megabytesWhilePaused: pausedBytes / 1e6,
        megabytesInCatchUp: memory.peakBytes / 1e6,
      };
      return await conclude(stage, fleet, {
        figures: { pausedSeconds: seconds, rowsThatWaited: waited, catchUpMs, ...megabytes },
        checks: [
          { what: 'receipts that told agents to wait or to come again', value: toldMeanwhile, pass: toldMeanwhile > 0 },
          { what: 'catch-up in s', value: (catchUpMs ?? CATCH_UP_MS) / 1_000, pass: catchUpMs !== null },
          { what: 'memory at its most, in MB', value: peakBytes / 1e6, pass: peakBytes <= MEMORY_CAP_BYTES },
        ],
      });
    } finally {
      memory.stop();
      await stage.close();
    }
  },
};
