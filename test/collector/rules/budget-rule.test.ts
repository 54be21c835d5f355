import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import {
  type Chance,
  ChanceStopped,
  type ChanceSubject,
  ChanceUnknown,
  type Nulls,
} from '../../../collector/src/chance/chance.ts';
import { ChanceHere } from '../../../collector/src/chance/chance-here.ts';
import { ChanceThread, startWorker } from '../../../collector/src/chance/chance-thread.ts';
import { LEVELS, NullDistribution } from '../../../collector/src/drift/null-distribution.ts';
import { evaluateRule } from '../../../collector/src/rules/evaluate.ts';
import type { Finding } from '../../../collector/src/rules/finding.ts';
import { HOUR } from '../../support/batches.ts';
import { seededRandom } from '../../support/random.ts';
import { MemorySource, summaryOf } from './memory-source.ts';
import { ruleWith } from './rule-of.ts';

const block = (more = '') =>
  `drift: { model: m, method: psi, window: 1h, min_samples: 100, baseline: { kind: reference, name: ref }${more} }`;

const fires = (fire: string, { value, chance }: Finding): boolean =>
  value !== null && ruleWith(block(), fire).fire.holds(value) && chance?.isBeyond !== false;

/** Hours of 256 values a field, shifted by `shiftAt(hour, field)`; the baseline has 5 000 of each. */
function sourceOf(fields: readonly string[], hours: number, shiftAt: (hour: number, field: string) => number) {
  const random = seededRandom(3);
  const values = (n: number, shift = 0) => Array.from({ length: n }, () => random() + random() + random() + shift);
  const source = new MemorySource();
  const version = source.addVersion('m', '1', 0, hours * HOUR);
  const baseline = fields.map((field) => ({ stage: 'feature', field, summary: summaryOf('number', values(5000)) }));
  source.addBaseline(version, 'ref', baseline);
  for (const field of fields) {
    const series = source.addSeries(version, 'feature', field, 'number');
    for (let hour = 0; hour < hours; hour++) {
      const summary = summaryOf('number', values(256, shiftAt(hour, field)));
      source.addWindow(series, hour * HOUR, (hour + 1) * HOUR, summary);
    }
  }
  return { source, values };
}

/** A chance of which tail(score) = 10 ^ -(score / scale), so that a field whose score is known has the tail that is wanted. */
function chanceWith(scaleOf: (subject: ChanceSubject) => number, asked: ChanceSubject[] = []): Chance {
  return {
    nullsFor: async (subject) => {
      asked.push(subject);
      const quantiles = LEVELS.map((level) => -Math.log10(level) * scaleOf(subject));
      return { independent: new NullDistribution(Float64Array.from(quantiles)), widened: null };
    },
  };
}

describe('a budget', () => {
  test('stays quiet on noise where a low threshold alone fires, and fires on a shift', async () => {
    const { source } = sourceOf(['x'], 120, (hour) => (hour >= 110 ? 0.4 : 0));
    const chance = new ChanceHere();
    const firing = async (fire: string): Promise<number[]> => {
      const rule = ruleWith(block(), fire);
      const ticks: number[] = [];
      for (let hour = 1; hour <= 120; hour++) {
        const [finding] = await evaluateRule(rule, hour * HOUR, source, chance);
        if (fires(fire, finding!)) ticks.push(hour);
      }
      return ticks;
    };
    const shifted = Array.from({ length: 10 }, (_, i) => 111 + i);
    assert.ok((await firing('"> 0.03"')).length > 60);
    assert.deepEqual(await firing('{ effect: "> 0.03", at_most: 1/month }'), shifted);
    assert.deepEqual(await firing('{ at_most: 1/month }'), shifted);
    assert.deepEqual(await firing('{ effect: "> 5", at_most: 1/month }'), []);
  });

  test('is for pairs too: quiet on their noise, and fires where two fields part', async () => {
    const random = seededRandom(5);
    const pairs = (n: number, r: number) =>
      Array.from({ length: n }, () => {
        const x = random() + random() + random() - 1.5;
        return [x, r * x + Math.sqrt(1 - r * r) * (random() + random() + random() - 1.5)];
      });
    const source = new MemorySource();
    const version = source.addVersion('m', '1', 0, 100 * HOUR);
    const stage = 'step:pair';
    source.addBaseline(version, 'ref', [{ stage, field: 'a~b', summary: summaryOf('pair', pairs(5000, 0.6)) }]);
    const series = source.addSeries(version, stage, 'a~b', 'pair');
    for (let hour = 0; hour < 100; hour++)
      source.addWindow(series, hour * HOUR, (hour + 1) * HOUR, summaryOf('pair', pairs(256, hour < 90 ? 0.6 : 0.2)));
    const fire = '{ effect: "> 0.02", at_most: 1/month }';
    const rule = ruleWith(block(', stage: "step:pair", direction: both').replace('psi', 'correlation_change'), fire);
    const thread = new ChanceThread();
    try {
      for (const chance of [new ChanceHere(), thread]) {
        const firing: number[] = [];
        for (let hour = 1; hour <= 100; hour++) {
          const [finding] = await evaluateRule(rule, hour * HOUR, source, chance);
          assert.equal(finding!.health, 'ok');
          if (rule.fire.holds(finding!.value!) && finding!.chance?.isBeyond !== false) firing.push(hour);
        }
        assert.deepEqual(firing, [91, 92, 93, 94, 95, 96, 97, 98, 99, 100]);
      }
    } finally {
      await thread.stop();
    }
  });

  test('tells what chance does, in figures and in a line for people', async () => {
    const { source } = sourceOf(['x'], 2, (hour) => (hour === 1 ? 0.4 : 0));
    const rule = ruleWith(block(), '{ effect: "> 0.1", at_most: 1/month }');
    const chance = chanceWith(() => 0.1);
    const [quiet] = await evaluateRule(rule, HOUR, source, chance);
    assert.deepEqual(quiet!.chance, {
      effect: quiet!.value,
      nRef: 5000,
      nullMultiple: null,
      tail: null,
      isBeyond: false,
    });
    assert.deepEqual(quiet!.evidence, []);
    const [loud] = await evaluateRule(rule, 2 * HOUR, source, chance);
    const multiple = loud!.value! / (-Math.log10(0.05) * 0.1);
    assert.ok(Math.abs(loud!.chance!.nullMultiple! / multiple - 1) < 1e-9);
    assert.ok(Math.abs(loud!.chance!.tail! / 10 ** (-loud!.value! / 0.1) - 1) < 0.2);
    assert.equal(
      loud!.evidence[0],
      `psi ${Number(loud!.value!.toPrecision(4))}, ${Number(multiple.toPrecision(2))} times what chance does in one window of twenty (n 256 against 5 000)`,
    );
    assert.match(loud!.evidence[1]!, /too few windows of 1h to tell how they vary/);
  });

  test('is shared by all fields, counts important ones for more, and costs fields of no effect nothing', async () => {
    const fields = ['a', 'b', 'c', 'd'];
    const { source } = sourceOf(fields, 1, (_, field) => (field === 'a' ? 0.3 : 0));
    const plain = await evaluateRule(ruleWith(block(), '"> 0.15"'), HOUR, source);
    const score = plain.find(({ labels }) => labels.field === 'a')!.value!;
    const asked: ChanceSubject[] = [];
    // One in a thousand by chance; 1/month by the hour is one in 720, for four fields one in 2 880 each.
    const chance = chanceWith(() => score / 3, asked);
    const beyond = async (fire: string, more = '') => {
      const rule = ruleWith(block(more), fire);
      const found = await evaluateRule(rule, HOUR, source, chance);
      return found.filter((one) => one.chance?.isBeyond).map(({ labels }) => labels.field);
    };
    assert.deepEqual(await beyond('{ effect: "> 0.15", at_most: 1/month }', ', fields: [a]'), ['a']);
    assert.deepEqual(await beyond('{ effect: "> 0.15", at_most: 1/month }'), []);
    assert.deepEqual(await beyond('{ effect: "> 0.15", at_most: 1/week }'), ['a']);
    assert.deepEqual(await beyond('{ effect: "> 0.15", at_most: 1/month, importance: { a: 9 } }'), ['a']);
    assert.deepEqual(await beyond('{ effect: "> 0.15", at_most: 1/month, importance: { "b*": 9 } }'), []);
    assert.deepEqual([...new Set(asked.map(({ reference }) => reference.field))], ['a']);
  });

  test('names nobody before the far end of the null is known precisely, and draws it for nobody else', async () => {
    const { source } = sourceOf(['a', 'b', 'c'], 1, (_, field) => (field === 'c' ? 0 : 0.3));
    const plain = await evaluateRule(ruleWith(block(), '"> 0.05"'), HOUR, source);
    const scoreOf = new Map(plain.map(({ labels, value }) => [labels.field, value!]));
    /** Tail probabilities of the fields, as powers of ten, at both precisions. */
    const named = async (usual: Record<string, number>, far: Record<string, number>) => {
      const asked: ChanceSubject[] = [];
      const chance = chanceWith(({ reference: { field }, precision }) => {
        return scoreOf.get(field)! / (precision === 'far' ? far : usual)[field]!;
      }, asked);
      const found = await evaluateRule(ruleWith(block(), '{ at_most: 1/month }'), HOUR, source, chance);
      const more = asked.filter(({ precision }) => precision === 'far').map(({ reference }) => reference.field);
      return { named: found.filter((one) => one.chance?.isBeyond).map(({ labels }) => labels.field), asked: more };
    };
    const likely = { a: 1, b: 1, c: 1 };
    assert.deepEqual(await named({ ...likely, a: 5 }, { a: 2 }), { named: [], asked: ['a'] });
    assert.deepEqual(await named({ ...likely, a: 5 }, { a: 4 }), { named: ['a'], asked: ['a'] });
    assert.deepEqual(await named({ ...likely, a: 8 }, {}), { named: ['a'], asked: [] }, 'beyond every doubt');
    // One in 1 600 is enough where the other field stands out too, not by itself.
    assert.deepEqual(await named({ a: 5, b: 3.2, c: 1 }, { a: 5, b: 3.2 }), { named: ['a', 'b'], asked: ['a', 'b'] });
    assert.deepEqual(await named({ a: 5, b: 3.2, c: 1 }, { a: 1, b: 3.2 }), { named: [], asked: ['a', 'b'] });
  });

  test('of an override is its own, and an override without one is judged by its effect', async () => {
    const { source } = sourceOf(['a', 'b'], 1, () => 0.3);
    const rule = ruleWith(
      block(),
      '{ effect: "> 0.1", at_most: 1/year }',
      'overrides: { a: { fire: "> 0.1" }, b: { fire: { effect: "> 0.1", at_most: 1/day } } }',
    );
    // About one in a hundred by chance.
    const [a, b] = await evaluateRule(
      rule,
      HOUR,
      source,
      chanceWith(() => 0.15),
    );
    assert.equal(a!.chance, undefined);
    assert.equal(b!.chance!.isBeyond, true);
  });

  test('looks at the side on which the rule looks', async () => {
    const { source } = sourceOf(['x'], 1, () => -0.4);
    const sideOf = async (fire: string, direction = '') => {
      const asked: ChanceSubject[] = [];
      const mean = block(direction).replace('psi', 'mean_shift');
      const found = await evaluateRule(
        ruleWith(mean, fire),
        HOUR,
        source,
        chanceWith(() => 0.01, asked),
      );
      return [asked[0]?.side ?? null, found[0]!.chance!.isBeyond];
    };
    assert.deepEqual(await sideOf('{ effect: "< -0.2", at_most: 1/month }'), ['below', true]);
    assert.deepEqual(await sideOf('{ effect: "> 0.2", at_most: 1/month }'), [null, false]);
    assert.deepEqual(await sideOf('{ effect: "> 0.2", at_most: 1/month }', ', direction: down'), ['below', true]);
    assert.deepEqual(await sideOf('{ effect: "> 0.2", at_most: 1/month }', ', direction: both'), ['either', true]);
    assert.deepEqual(await sideOf('{ at_most: 1/month }'), ['either', true]);
    assert.deepEqual(await sideOf('{ at_most: 1/month }', ', direction: up'), ['above', false]);
  });

  test('takes windows of the baseline that are as long as the judged span, and no others', async () => {
    const { source, values } = sourceOf(['x'], 4, () => 0.1);
    const windows = Array.from({ length: 30 }, (_, i) => ({
      start: -(i + 1) * HOUR,
      summary: summaryOf('number', values(256, i % 2 === 0 ? 0.3 : -0.3)),
    }));
    const rule = ruleWith(block(), '{ effect: "> 0.01", at_most: 1/month }');
    source.addBaselineWindows(1, 'x', 2 * HOUR, windows);
    const [other] = await evaluateRule(rule, HOUR, source);
    source.addBaselineWindows(1, 'x', HOUR, windows);
    const [same] = await evaluateRule(rule, HOUR, source);
    assert.ok(other!.chance!.nullMultiple! > 3 * same!.chance!.nullMultiple!);
    assert.match(other!.evidence[1]!, /independent draws/);
    assert.doesNotMatch(same!.evidence.join(), /independent draws/);
  });

  test('without a null to hold it against is an error, which is never ok', async () => {
    const { source } = sourceOf(['x'], 1, () => 0.4);
    const rule = ruleWith(block(), '{ effect: "> 0.1", at_most: 1/month }');
    const judged = async (nullsFor: () => Promise<Nulls>) => evaluateRule(rule, HOUR, source, { nullsFor });
    const [unknown] = await judged(async () => ({ independent: null, widened: null }));
    assert.deepEqual([unknown!.health, unknown!.value, unknown!.chance], ['error', null, undefined]);
    assert.match(unknown!.message!, /what chance does to psi here is not known .* so 'at_most' cannot be judged/);
    const [failed] = await judged(() => Promise.reject(new ChanceUnknown('its thread has died')));
    assert.deepEqual([failed!.health, failed!.value], ['error', null]);
    assert.match(failed!.message!, /could not be found out: its thread has died/);
    await assert.rejects(
      judged(() => Promise.reject(new ChanceStopped())),
      ChanceStopped,
    );
  });

  test('is an error at the tick at which the thread dies, and judged again at the next', async () => {
    const { source } = sourceOf(['x'], 2, () => 0.4);
    const rule = ruleWith(block(), '{ effect: "> 0.1", at_most: 1/month }');
    const workers = [new Worker('throw new Error("out of memory")', { eval: true }), startWorker()];
    const thread = new ChanceThread(() => workers.shift()!);
    try {
      const [died] = await evaluateRule(rule, HOUR, source, thread);
      assert.deepEqual([died!.health, died!.value], ['error', null]);
      assert.match(died!.message!, /its thread has died: out of memory/);
      const [next] = await evaluateRule(rule, 2 * HOUR, source, thread);
      assert.deepEqual([next!.health, next!.chance!.isBeyond], ['ok', true]);
    } finally {
      await thread.stop();
    }
  });
});
