import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { episodesOf } from '../../../../collector/src/alerting/history.ts';
import { onlyRule } from '../../../../collector/src/alerting/narrowed.ts';
import { replay } from '../../../../collector/src/alerting/replay.ts';
import type { Incident } from '../../../../collector/src/alerting/tune/incident.ts';
import type { ScoreHistory } from '../../../../collector/src/alerting/tune/score-history.ts';
import { scoreHistory } from '../../../../collector/src/alerting/tune/score-history.ts';
import { thresholdAt } from '../../../../collector/src/alerting/tune/thresholds.ts';
import { tryThreshold } from '../../../../collector/src/alerting/tune/tried-threshold.ts';
import { parseBudget, tune } from '../../../../collector/src/alerting/tune/tune.ts';
import { tunedSvg } from '../../../../collector/src/alerting/tune/tuned-svg.ts';
import { tunedText } from '../../../../collector/src/alerting/tune/tuned-text.ts';
import { ANY_VALUE, parseCondition } from '../../../../collector/src/rules/condition.ts';
import { StoreJudgingSource } from '../../../../collector/src/store/judging-source.ts';
import { HOUR, PROJECT, T0 } from '../../../support/batches.ts';
import { withDatabase } from '../../../support/database.ts';
import {
  createFeed,
  HOURS,
  RULES,
  RULES_WITH_BUDGET,
  rulesOf,
  seedBaseline,
  simulatedHours,
} from '../simulated-history.ts';

const RULE = rulesOf(RULES).groups[0]!.rules[0]!;

/** Scores of one field, hour by hour; null = not enough data. */
function historyOf(scores: readonly (number | null)[], rule: Partial<typeof RULE> = {}): ScoreHistory {
  return {
    rule: {
      ...RULE,
      forMs: 0,
      keepFiringForMs: 0,
      fire: parseCondition('> 0.5'),
      clear: parseCondition('<= 0.5'),
      ...rule,
    },
    series: [
      {
        labels: { alertname: 'Drift', model: 'm', field: 'x' },
        scores: scores.map((value, i) => ({
          tick: T0 + i * HOUR,
          health: value === null ? 'insufficient' : 'ok',
          value,
        })),
      },
    ],
    ticks: scores.length,
    since: T0 - HOUR,
    until: T0 + scores.length * HOUR,
  };
}

const incident = (from: number, until: number, field: string | null = null): Incident => ({
  name: 'i',
  from: T0 + from * HOUR,
  until: T0 + until * HOUR,
  model: 'm',
  field,
});

describe('tuning', () => {
  test('counts for the threshold that a rule has the alarms that a replay of it gives', () =>
    withDatabase(async (database) => {
      await seedBaseline(database);
      await (await createFeed(database))(simulatedHours());
      const source = new StoreJudgingSource(database, PROJECT);
      const rules = onlyRule(rulesOf(RULES), 'Drift')!;
      const span = { rules, source, since: T0, until: T0 + HOURS * HOUR };
      const history = await scoreHistory(span);
      const { alarms } = tryThreshold(history, thresholdAt(history.rule, history.rule.fire.bound), null);
      const episodes = episodesOf((await replay(span)).events);
      assert.ok(episodes.length >= 4);
      const inOrder = (list: readonly { firedAt: number; resolvedAt: number | null; labels: object }[]) =>
        list.map((one) => JSON.stringify([one.firedAt, one.resolvedAt, one.labels])).sort();
      assert.deepEqual(inOrder(alarms), inOrder(episodes));
      const moving = { ...span, rules: onlyRule(rulesOf(RULES_WITH_BUDGET), 'Trailed')! };
      const moved = await scoreHistory(moving);
      const movedAlarms = tryThreshold(moved, thresholdAt(moved.rule, moved.rule.fire.bound), null).alarms;
      assert.ok(movedAlarms.length > 0);
      // Alarms that end because their version no longer serves are none that a threshold could end: when they begin is compared.
      const beginnings = (list: readonly { firedAt: number; labels: object }[]) =>
        list.map((one) => JSON.stringify([one.firedAt, one.labels])).sort();
      assert.deepEqual(beginnings(movedAlarms), beginnings(episodesOf((await replay(moving)).events)));
      const { chosen, tried } = await tune(history, parseBudget('1/month'), null);
      assert.equal(chosen?.alarms.length, 0);
      assert.ok(tried.some((one) => one.alarms.length >= episodes.length));
    }));

  test('takes the most sensitive threshold that keeps the budget', async () => {
    const scores = Array.from({ length: 720 }, (_, i) => (i % 240 === 100 ? 0.8 : i % 48 === 7 ? 0.3 : 0.1));
    const { chosen } = await tune(historyOf(scores), parseBudget('3/month'), null);
    assert.equal(chosen?.alarms.length, 3);
    assert.ok(chosen.fire.bound >= 0.3 && chosen.fire.bound < 0.4, chosen.fire.text);
  });

  test('has for, keep_firing_for, hysteresis and lacking data count as they do live', () => {
    const scores = [0.9, 0.1, 0.9, 0.9, 0.9, null, 0.1, 0.9, 0.1, 0.1, 0.1];
    const rule = { forMs: 2 * HOUR, keepFiringForMs: 2 * HOUR };
    const { alarms } = tryThreshold(historyOf(scores, rule), thresholdAt(RULE, 0.5), null);
    assert.deepEqual(
      alarms.map(({ firedAt, resolvedAt }) => [(firedAt - T0) / HOUR, ((resolvedAt ?? 0) - T0) / HOUR]),
      [[4, 10]],
    );
    const moved = thresholdAt({ fire: parseCondition('> 0.25'), clear: parseCondition('< 0.2') }, 0.5);
    assert.deepEqual([moved.fire.text, moved.clear.text], ['> 0.5', '< 0.4']);
    const below = thresholdAt({ fire: parseCondition('< 0'), clear: parseCondition('> 0.1') }, -2);
    assert.deepEqual([below.fire.text, below.clear.text], ['< -2', '> -1.9']);
  });

  test('with incidents tells precision, recall and delay of every threshold, and takes the best together', async () => {
    const scores = Array.from({ length: 100 }, (_, i) =>
      i >= 50 && i < 60 ? (i < 53 ? 0.45 : 0.9) : i >= 80 && i < 84 ? 0.6 : i === 20 ? 0.5 : 0.1,
    );
    const incidents = [incident(50, 60), incident(80, 84, 'x'), incident(80, 84, 'other')];
    const tuned = await tune(historyOf(scores), null, incidents);
    const at = (bound: number) =>
      tryThreshold(tuned.history, thresholdAt(tuned.history.rule, bound), incidents).agreement;
    assert.deepEqual(at(0.4), { precision: 2 / 3, recall: 2 / 3, falseAlarms: 1, delayMs: 0 });
    assert.deepEqual(at(0.55), { precision: 1, recall: 2 / 3, falseAlarms: 0, delayMs: 0 });
    assert.deepEqual(at(0.7), { precision: 1, recall: 1 / 3, falseAlarms: 0, delayMs: 3 * HOUR });
    assert.deepEqual(at(0.95), { precision: null, recall: 0, falseAlarms: 0, delayMs: null });
    assert.ok(tuned.chosen !== null && tuned.chosen.fire.bound >= 0.5 && tuned.chosen.fire.bound < 0.6);
    const svg = tunedSvg(tuned);
    assert.match(svg, /^<svg [^>]+>\n<title>Drift: alarms by threshold<\/title>/);
    assert.equal(svg.match(/<polyline/g)?.length, 3);
    assert.ok(!svg.includes('NaN'));
    assert.match(
      tunedText(tuned),
      /\ntake fire: "> 0\.[0-9]+" {2}clear: "<= 0\.[0-9]+", 2 alarms, 0 of them false: the best precision/,
    );
  });

  test('says so where no threshold keeps the budget, and refuses budgets that are none', async () => {
    const scores = Array.from({ length: 200 }, (_, i) => (i % 2 === 0 ? null : null));
    const rule = { noData: 'fire', noDataForMs: 0 } as const;
    const tuned = await tune(historyOf(scores, rule), parseBudget('1/month'), null);
    assert.equal(tuned.chosen, null);
    assert.match(tunedText(tuned), /none of them keeps to it/);
    for (const text of ['1', '0/month', '1/year', 'x/day']) assert.throws(() => parseBudget(text), { code: 'USAGE' });
  });

  test('of a rule with a budget keeps to it, and tries no smaller effect than chance was asked about', async () => {
    const budget = { atMost: 1, perMs: 30 * 24 * HOUR, text: '1/month', importance: new Map([['x', 2]]), rate: 0.001 };
    const isBeyond = (value: number) => value > 0.8;
    const withChance = (history: ScoreHistory): ScoreHistory => ({
      ...history,
      series: history.series.map((one) => ({
        ...one,
        scores: one.scores.map((score) => ({
          ...score,
          chance: { effect: score.value!, nRef: 9, nullMultiple: 1, tail: 0.1, isBeyond: isBeyond(score.value!) },
        })),
      })),
    });
    const scores = [0.1, 0.6, 0.1, 0.9, 0.1, 0.7, 0.1];
    const tuned = await tune(withChance(historyOf(scores, { budget, clear: ANY_VALUE })), null, [incident(3, 4)]);
    assert.equal(tuned.current.alarms.length, 1, 'of three above the threshold one is beyond chance');
    assert.ok(tuned.tried.every(({ fire }) => fire.bound >= 0.5));
    assert.match(tunedText(tuned), /now: fire > 0\.5 and at_most 1\/month, 1 alarm/);
    assert.match(
      tunedText(tuned),
      /\ntake fire: { effect: "> [\d.]+", at_most: 1\/month, importance: { "x": 2 } }, 1 alarm/,
    );
    const bare = await tune(withChance(historyOf(scores, { budget, fire: ANY_VALUE, clear: ANY_VALUE })), null, [
      incident(3, 4),
    ]);
    assert.equal(bare.current.alarms.length, 1);
    assert.match(tunedText(bare), /now: fire at_most 1\/month, 1 alarm/);
    assert.doesNotMatch(tunedSvg(bare), /NaN|Infinity/);
    assert.equal(parseCondition(bare.tried.at(-1)!.fire.text).comparison, '>');
  });
});
