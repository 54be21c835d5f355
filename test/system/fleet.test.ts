import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { seeded } from '../../loadtest/bench/seeded.ts';
import type { Fleet } from '../../loadtest/fleet/fleet.ts';
import { killAtRandom } from '../../loadtest/scenario/kills.ts';
import { month } from '../../loadtest/scenario/month.ts';
import { whyNoPostgres } from '../../loadtest/scenario/own-postgres.ts';
import { usualShape } from '../../loadtest/scenario/shapes.ts';
import { type DatabaseKind, Stage } from '../../loadtest/scenario/stage.ts';

/** Kills in each of the tests below; 50 for the whole proof. */
const KILLS = Number(process.env.TIDEMARK_KILLS ?? 3);
const TIMEOUT_MS = 120_000 + KILLS * 10_000;
const noPostgres = whyNoPostgres() ?? false;
const shape = usualShape(11, { flushMs: 300, seriesPerModel: 5, models: 4 });

async function openStage(
  t: TestContext,
  database: DatabaseKind,
  collectors = 1,
): Promise<{ stage: Stage; fleet: Fleet }> {
  const stage = await Stage.open({ database, collectors });
  t.after(() => stage.close());
  return { stage, fleet: stage.send({ shape, seed: 11, agents: 12, now: Date.now }) };
}

async function assertExact(t: TestContext, stage: Stage, fleet: Fleet): Promise<void> {
  assert.notEqual(await fleet.drain(120_000), null, 'everything has its receipt');
  assert.deepEqual(await stage.differences(fleet), []);
  const { captured, acknowledged, pending } = fleet.ledger.totals;
  assert.deepEqual([captured, pending], [acknowledged, 0]);
  const { duplicates, reconnects, retries } = fleet.notes;
  t.diagnostic(
    `${KILLS} kills, ${acknowledged} rows exact; ${duplicates} duplicates, ${reconnects} reconnects, ${retries} retries`,
  );
}

describe('kill -9 at random moments loses nothing that was acknowledged and counts nothing twice', () => {
  for (const database of ['embedded', 'postgres'] as const) {
    const skip = database === 'postgres' && noPostgres;
    test(`of the collector on ${database}`, { timeout: TIMEOUT_MS, skip }, async (t) => {
      const { stage, fleet } = await openStage(t, database);
      await killAtRandom(fleet, seeded(1), KILLS, async () => {
        await stage.collector.kill();
        await stage.collector.start();
      });
      await assertExact(t, stage, fleet);
    });
  }

  test('of PostgreSQL, which the collector outlives', { timeout: TIMEOUT_MS, skip: noPostgres }, async (t) => {
    const { stage, fleet } = await openStage(t, 'postgres');
    const { pid } = stage.collector;
    await killAtRandom(fleet, seeded(2), KILLS, async () => {
      await stage.postgres.kill();
      await stage.postgres.start();
    });
    assert.equal(stage.collector.pid, pid);
    await assertExact(t, stage, fleet);
  });

  test('of one of three collectors on one database', { timeout: TIMEOUT_MS, skip: noPostgres }, async (t) => {
    const { stage, fleet } = await openStage(t, 'postgres', 3);
    const random = seeded(3);
    await killAtRandom(fleet, random, KILLS, async () => {
      const collector = stage.collectors[Math.floor(random() * 3)];
      assert.ok(collector);
      await collector.kill();
      await collector.start();
    });
    await assertExact(t, stage, fleet);
  });
});

test('the scenario of a month sends thirty days, and every row of them is in the store', {
  timeout: TIMEOUT_MS,
}, async () => {
  const { checks } = await month.run({
    seed: 1,
    agents: 2,
    seconds: 0,
    database: 'embedded',
    progress: () => undefined,
  });
  assert.deepEqual(
    checks.filter(({ pass }) => !pass),
    [],
  );
});
