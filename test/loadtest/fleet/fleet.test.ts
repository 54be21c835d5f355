import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { Receipt_Status as Status } from '@tidemark/proto';
import { compare } from '../../../loadtest/fleet/compare.ts';
import { Fleet, type FleetOptions } from '../../../loadtest/fleet/fleet.ts';
import { PreparedWindows } from '../../../loadtest/fleet/prepared-windows.ts';
import { makeShape } from '../../../loadtest/fleet/shape.ts';
import { type Script, startScripted } from './scripted-collector.ts';

const T0 = Date.UTC(2001, 0, 1, 12);
const MINUTE = 60_000;
const ACCEPTED = { status: Status.ACCEPTED };

const shape = makeShape({ seed: 7, models: 3, seriesPerModel: 6, modelsPerAgent: 2, rowsPerSecond: 30 });

/** A fleet at noon of a day long ago, against a collector that does as the script says. */
async function startFleet(t: TestContext, script: Script, more: Partial<FleetOptions> = {}) {
  const collector = await startScripted(script);
  const options = { shape, seed: 7, agents: 3, addresses: [collector.address], now: () => T0, ...more };
  const fleet = new Fleet(options);
  t.after(() => {
    fleet.close();
    collector.stop();
  });
  return { fleet, collector };
}

describe('a fleet', () => {
  test('serves the same traffic for the same seed, and other traffic for another', async (t) => {
    const served = async (seed: number) => {
      const { fleet } = await startFleet(t, () => ACCEPTED, { seed });
      for (let minute = 0; minute < 5; minute++) fleet.serveAll(T0 + minute * MINUTE, T0 + (minute + 1) * MINUTE);
      assert.notEqual(await fleet.drain(10_000), null);
      return { totals: fleet.ledger.totals, expected: fleet.ledger.expected() };
    };
    const first = await served(1);
    assert.deepEqual(await served(1), first);
    assert.notDeepEqual((await served(2)).expected, first.expected);
    assert.ok(first.totals.captured > 0);
  });

  test('makes deltas that hold exactly what its books say', () => {
    const windows = new PreparedWindows(shape, 3);
    const { summaries, counts } = windows.of(1, 500);
    summaries.forEach(({ kinds }, i) => {
      assert.equal(Number(kinds?.valid), counts[i]?.valid);
      assert.equal(Number(kinds?.missing), counts[i]?.missing);
      assert.equal((counts[i]?.valid ?? 0) + (counts[i]?.missing ?? 0), 500);
    });
    assert.deepEqual(new PreparedWindows(shape, 3).of(1, 500), windows.of(1, 500));
  });

  test('keeps books in which every row is acknowledged, refused by name, or pending', async (t) => {
    // Of each batch the first window is refused; the second agent never hears a thing.
    const silent = new Set<string>();
    const { fleet } = await startFleet(t, (_, batch) => {
      const source = Buffer.from(batch.sourceId).toString('hex');
      if (batch.agent?.pid === 2) silent.add(source);
      if (silent.has(source)) return 'silence';
      return { ...ACCEPTED, refusals: [{ part: 'windows[0]', code: 'too_old', rows: 0n }] } as never;
    });
    fleet.serveAll(T0, T0 + MINUTE);
    while (fleet.notes.accepted < 2) await new Promise((resolve) => setImmediate(resolve));
    const { captured, acknowledged, refused, pending } = fleet.ledger.totals;
    assert.ok(acknowledged > 0 && pending > 0 && (refused.too_old ?? 0) > 0);
    assert.equal(captured, acknowledged + pending + (refused.too_old ?? 0));
    const kept = [...fleet.ledger.expected().rows.values()].reduce((sum, rows) => sum + rows, 0);
    assert.equal(kept, acknowledged);
  });

  test('sends a batch again, the same under the same number, until it has a receipt', async (t) => {
    const { fleet, collector } = await startFleet(
      t,
      (nth) => {
        if (nth === 0) return { status: Status.RETRY, slowDownMs: 20 };
        return nth === 1 ? 'break' : ACCEPTED;
      },
      { agents: 1 },
    );
    fleet.serveAll(T0, T0 + MINUTE);
    assert.notEqual(await fleet.drain(20_000), null);
    const [first, second, third] = collector.batches;
    assert.equal(collector.batches.length, 3);
    assert.deepEqual(second, first);
    assert.deepEqual(third, first);
    assert.deepEqual([fleet.notes.retries, fleet.notes.reconnects], [1, 1]);
  });

  test('has 16 batches without a receipt at most, and merges what waits', async (t) => {
    const { fleet, collector } = await startFleet(t, (nth) => (nth === 0 ? ACCEPTED : 'silence'), { agents: 1 });
    for (let minute = 0; minute < 60; minute++) {
      fleet.serveAll(T0 + minute * MINUTE, T0 + (minute + 1) * MINUTE);
      // The first describes the models; until it is answered nothing else is sent.
      while (fleet.notes.accepted === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    for (let again = 0; again < 3; again++) fleet.serveAll(T0 + 59 * MINUTE, T0 + 60 * MINUTE);
    while (collector.batches.length < 17) await new Promise((resolve) => setImmediate(resolve));
    const { captured, acknowledged, pending } = fleet.ledger.totals;
    assert.equal(captured, acknowledged + pending);
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(collector.batches.length, 17, 'one that was answered and 16 that were not');
  });

  test('describes its models anew on each stream, before anything else', async (t) => {
    const { fleet, collector } = await startFleet(t, (nth) => (nth === 1 ? 'break' : ACCEPTED), { agents: 1 });
    fleet.serveAll(T0, T0 + MINUTE);
    assert.notEqual(await fleet.drain(10_000), null);
    fleet.serveAll(T0 + MINUTE, T0 + 2 * MINUTE);
    assert.notEqual(await fleet.drain(10_000), null);
    assert.deepEqual(
      collector.batches.map(({ modelVersions }) => modelVersions.length),
      [2, 0, 2],
    );
  });

  test('gives the rows of agents whose clocks are off to the windows of their clocks', async (t) => {
    const { fleet, collector } = await startFleet(t, () => ACCEPTED, { clockOffsetMs: (agent) => agent * 60 * MINUTE });
    fleet.serveAll(T0, T0 + MINUTE, 5 * MINUTE);
    assert.notEqual(await fleet.drain(10_000), null);
    for (const { agent, windows } of collector.batches) {
      const offset = ((agent?.pid ?? 0) - 1) * 60 - 5;
      for (const { startUnixMs } of windows) assert.equal(Number(startUnixMs), T0 + offset * MINUTE);
    }
  });
});

test('a comparison names every difference', () => {
  const books = (rows: number, valid: number, sum: number) => {
    return { rows: new Map([['m@1', rows]]), series: new Map([['m@1 feature/x', { valid, missing: 0, sum }]]) };
  };
  assert.deepEqual(compare(books(5, 5, 10), books(5, 5, 10)), []);
  assert.match(compare(books(5, 5, 10), books(4, 5, 10)).join(), /5 rows were acknowledged, the store holds 4/);
  assert.match(compare(books(5, 5, 10), books(5, 6, 10)).join(), /5 values \(0 missing\).* holds 6/);
  assert.match(compare(books(5, 5, 10), books(5, 5, 11)).join(), /add up to 10, those stored to 11/);
  assert.equal(compare({ rows: new Map(), series: new Map() }, books(1, 1, 1)).length, 2, 'what nobody acknowledged');
});
