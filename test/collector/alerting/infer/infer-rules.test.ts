import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { BASELINE_SIZE_RULE, Summary } from '@tidemark/sketch';
import { Engine } from '../../../../collector/src/alerting/engine.ts';
import { BaselineHistory } from '../../../../collector/src/alerting/infer/baseline-history.ts';
import { inferRules } from '../../../../collector/src/alerting/infer/infer-rules.ts';
import { MemoryJudgeStore } from '../../../../collector/src/alerting/memory-judge-store.ts';
import type { Baseline, NewBaselineSeries } from '../../../../collector/src/baseline/baseline.ts';
import { createBaseline } from '../../../../collector/src/baseline/create.ts';
import { readFile } from '../../../../collector/src/baseline/read-file.ts';
import { formatMistakes } from '../../../../collector/src/checked-yaml.ts';
import { makeBins } from '../../../../collector/src/drift/bins.ts';
import { loadRules } from '../../../../collector/src/rules/load.ts';
import type { RuleSet } from '../../../../collector/src/rules/rule-set.ts';

const DATA = process.env.TIDEMARK_TEST_DATA ?? fileURLToPath(new URL('../../../../../shared/data', import.meta.url));
const HOUR = 3_600_000;

function rulesOf(text: string): RuleSet {
  const loaded = loadRules(text, 'inferred.yaml');
  assert.ok(loaded.ok, loaded.ok ? '' : formatMistakes(loaded.mistakes));
  return loaded.rules;
}

/** Everything that fires where the windows of a baseline are judged by the engine, field by field. */
async function firedOn(baseline: Baseline, windowMs: number, rules: RuleSet): Promise<string[]> {
  const fired: string[] = [];
  for (const series of baseline.series.values()) {
    const { windows = [] } = series as NewBaselineSeries;
    const store = new MemoryJudgeStore(windows[0]!.start, ({ changes }) => {
      for (const { alert, transition } of changes)
        if (transition?.notify === 'firing') fired.push(`${alert.alertname} ${series.field}`);
    });
    const source = new BaselineHistory(baseline, series, windows, windowMs);
    const groups = rules.groups.map((group) => ({ ...group, queryOffsetMs: 0 }));
    const engine = new Engine({ rules: { ...rules, groups }, source, store, publicUrl: null, onTick: () => undefined });
    await engine.judgeUntil(windows.at(-1)!.start + windowMs, () => false);
  }
  return fired;
}

/** Hours of 1 000 values, or of what `draw` says of each. */
function seriesOf(field: string, hours: number, draw: (hour: number) => Summary): NewBaselineSeries {
  const windows = Array.from({ length: hours }, (_, hour) => ({ start: hour * HOUR, summary: draw(hour) }));
  const summary = new Summary(windows[0]!.summary.kind, { sizeRule: BASELINE_SIZE_RULE });
  for (const window of windows) summary.merge(window.summary);
  return { stage: 'feature', field, kind: summary.kind, summary, bins: makeBins(summary), windows };
}

function numbers(of: (i: number) => number | null): Summary {
  const summary = new Summary('number');
  for (let i = 0; i < 1000; i++) summary.add(of(i));
  return summary;
}

function baselineOf(all: readonly NewBaselineSeries[]): Baseline {
  const series = new Map(all.map((one) => [`${one.stage}/${one.field}`, one]));
  return { id: 1, name: 'training "1"', model: 'a: b', version: '1', series };
}

const inferred = (baseline: Baseline, windowMs: number | null) =>
  inferRules(
    { baseline, windowMs, windowsOf: async (one) => (one as NewBaselineSeries).windows ?? [] },
    () => undefined,
  );

describe('rules inferred from a baseline', () => {
  test('are the usual ones for what is steady, whatever the names', async () => {
    const baseline = baselineOf([seriesOf('amount # 1', 48, () => numbers((i) => i))]);
    const text = await inferred(baseline, HOUR);
    const rules = rulesOf(text).groups.flatMap((group) => group.rules.map(({ alert }) => alert));
    const ofField = ['FeatureMissing', 'FeatureWrongType', 'FeatureOutOfRange', 'FeatureStuck', 'FeatureDrift'];
    const expected = [...ofField, 'CallsFail', 'AgentsSilent'];
    assert.deepEqual(rules, expected);
    assert.ok(!text.includes('overrides'), text);
    assert.deepEqual(await firedOn(baseline, HOUR, rulesOf(text)), []);
  });

  test('give a field that wanders by itself a threshold of its own, and leave it out where none is left', async () => {
    const wanders = seriesOf('wanders', 96, (hour) => numbers((i) => (hour < 48 ? i : i + 500)));
    const fails = seriesOf('fails', 96, (hour) => numbers((i) => (hour > 90 || i % 100 === 0 ? null : i)));
    const baseline = baselineOf([wanders, fails, seriesOf('steady', 96, () => numbers((i) => i))]);
    const text = await inferred(baseline, HOUR);
    assert.match(text, /"wanders": \{ fire: "> \d/);
    assert.match(text, /measure: null_share_change, .*exclude: \["fails"\]/);
    assert.ok(!text.includes('"steady"'));
    assert.deepEqual(await firedOn(baseline, HOUR, rulesOf(text)), []);
  });

  test('are of pairs, confidence and latency too, each looked at its own way', async () => {
    const pairs = (slope: (hour: number) => number) => (hour: number) => {
      const summary = new Summary('pair');
      for (let i = 0; i < 1000; i++) summary.addPair(i, slope(hour) * i + ((i * 7919) % 1000));
      return summary;
    };
    const baseline = baselineOf([
      {
        ...seriesOf(
          'a~b',
          48,
          pairs(() => 1),
        ),
        stage: 'step:pair',
      },
      {
        ...seriesOf(
          'a~c',
          96,
          pairs((hour) => (hour < 72 ? 1 : -1)),
        ),
        stage: 'step:pair',
      },
      { ...seriesOf('value', 48, () => numbers((i) => i / 1000)), stage: 'confidence' },
      {
        ...seriesOf('margin', 48, (hour) => numbers((i) => (hour % 24 < 12 ? 0.9 : 0.3) + i / 1e5)),
        stage: 'confidence',
      },
      { ...seriesOf('call_ms', 48, () => numbers((i) => 2 + (i % 10))), stage: 'latency' },
    ]);
    const text = await inferred(baseline, HOUR);
    const rules = rulesOf(text).groups.flatMap((group) => group.rules.map(({ alert }) => alert));
    assert.deepEqual(rules, ['ConfidenceFell', 'LatencyRose', 'PairChanged', 'CallsFail', 'AgentsSilent']);
    assert.match(text, /alert: PairChanged[^-]*stage: "step:pair", method: correlation_change, direction: both/);
    assert.match(text, /"a~c": \{ fire: "> 1/);
    assert.match(text, /"margin": \{ fire: "> 0\.3/);
    for (const steady of ['"a~b"', '"value"', '"call_ms"']) assert.ok(!text.includes(steady), text);
    assert.deepEqual(await firedOn(baseline, HOUR, rulesOf(text)), []);
  });

  test('of a baseline without windows say that nothing is known of them', async () => {
    const text = await inferred(baselineOf([seriesOf('amount', 1, () => numbers((i) => i))]), null);
    assert.match(text, /It keeps no windows/);
    rulesOf(text);
  });

  const DAY = 24 * HOUR;
  const FILES = [
    { file: 'california_housing_reference.csv', time: 'timestamp', columns: ['MedInc', 'HouseAge', 'Latitude'] },
    { file: 'taxis.csv', time: 'pickup', columns: ['distance', 'tip', 'payment', 'pickup_zone'] },
    { file: 'bike_hour.csv', time: 'dteday', columns: ['temp', 'weathersit'] },
  ];
  for (const { file, time, columns } of FILES) {
    const path = join(DATA, file);
    test(`are quiet on ${file}`, { skip: existsSync(path) ? false : `${file} is not here` }, async () => {
      const created = await createBaseline(await readFile(path), { columns, time: { column: time, windowMs: DAY } });
      const baseline = { id: 1, name: 'training', model: 'real', version: '1', series: created.series };
      assert.deepEqual(await firedOn(baseline, DAY, rulesOf(await inferred(baseline, DAY))), []);
    });
  }
});
