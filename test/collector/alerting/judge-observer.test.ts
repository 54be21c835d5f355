import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Engine } from '../../../collector/src/alerting/engine.ts';
import type { TickReport } from '../../../collector/src/alerting/judge-observer.ts';
import type { JudgeStore, TickRecord } from '../../../collector/src/alerting/judge-store.ts';
import { loadRules } from '../../../collector/src/rules/load.ts';
import { MemorySource } from '../rules/memory-source.ts';

const MINUTE = 60_000;
const RULES = `version: 1
evaluation: { query_offset: 5m }
groups:
  - name: g
    interval: 10m
    rules:
      - alert: Silent
        silence: { model: m, measure: rows, window: 10m }
        fire: "< 1"
`;

/** A store that keeps ticks in memory; `taken` says that another collector was quicker, `broken` that it is away. */
function startEngine() {
  const ticks: number[] = [];
  const is = { taken: false, broken: false };
  const store: JudgeStore = {
    lastTick: async () => ticks.at(-1) ?? null,
    alerts: async () => [],
    orphans: async () => [],
    toldOf: async () => [],
    record: async ({ tick }: TickRecord) => {
      if (is.broken) throw new Error('away');
      ticks.push(tick);
      return !is.taken;
    },
  };
  const source = new MemorySource();
  source.addVersion('m', '1', 0, 10 * MINUTE);
  const loaded = loadRules(RULES, 'rules.yaml');
  assert.ok(loaded.ok, JSON.stringify(loaded));
  const reports: TickReport[] = [];
  const observer = (report: TickReport) => void reports.push(report);
  const engine = new Engine({ rules: loaded.rules, source, store, publicUrl: null, onTick: () => undefined, observer });
  return { engine, is, reports, ticks };
}

const never = () => false;

describe('an observer of judging', () => {
  test('is told of every tick: what was judged, what changed, and how it failed', async () => {
    const { engine, is, reports } = startEngine();
    await engine.judgeUntil(25 * MINUTE, never);
    is.broken = true;
    await assert.rejects(engine.judgeUntil(35 * MINUTE, never), /away/);
    is.broken = false;
    is.taken = true;
    await engine.judgeUntil(35 * MINUTE, never);
    const told = reports.map(({ durationMs, error, ...rest }) => {
      assert.ok(durationMs >= 0);
      return { ...rest, error: error instanceof Error ? error.message : error };
    });
    assert.deepEqual(told, [
      { group: 'g', findings: 1, transitions: ['firing'], error: null },
      { group: 'g', findings: 0, transitions: [], error: 'away' },
      { group: 'g', findings: 0, transitions: [], error: null },
    ]);
  });
});

describe('how far judging is behind', () => {
  test('is the age of the oldest tick that is due, by event time, and nothing while none is', async () => {
    const { engine, is, ticks } = startEngine();
    assert.equal(engine.overdueMs(-Infinity), 0, 'there is no data');
    assert.equal(engine.overdueMs(99 * MINUTE), 0, 'nothing has been judged, so nothing was missed');
    await engine.judgeUntil(25 * MINUTE, never);
    assert.deepEqual(ticks, [20 * MINUTE]);
    assert.equal(engine.overdueMs(34 * MINUTE), 0);
    assert.equal(engine.overdueMs(37 * MINUTE), 2 * MINUTE);
    is.broken = true;
    await assert.rejects(engine.judgeUntil(60 * MINUTE, never));
    assert.equal(engine.overdueMs(60 * MINUTE), 25 * MINUTE);
    is.broken = false;
    await engine.judgeUntil(60 * MINUTE, never);
    assert.equal(engine.overdueMs(60 * MINUTE), 0);
  });
});
