import { type Baseline, seriesKey } from '../../../collector/src/baseline/baseline.ts';
import { ChanceHere } from '../../../collector/src/chance/chance-here.ts';
import { makeBins } from '../../../collector/src/drift/bins.ts';
import { type Random, randomOf } from '../../../collector/src/drift/random.ts';
import { evaluateRule } from '../../../collector/src/rules/evaluate.ts';
import { loadRules } from '../../../collector/src/rules/load.ts';
import type { Rule } from '../../../collector/src/rules/rule.ts';
import type { JudgingSource } from '../../../collector/src/rules/source.ts';
import { CATEGORIES, drawn, NUMBERS, type Shape, summaryOf } from './shapes.ts';

/** Baselines of a model that are tried, its fields, hours that are judged under one budget, and values of each. */
export type BudgetTrials = {
  readonly baselines: number;
  readonly fields: number;
  readonly hours: number;
  readonly nRef: number;
  readonly nLive: number;
};

/** How often a rule alarmed under its budget while nothing drifted. */
export type BudgetAlarms = {
  readonly measure: 'psi' | 'ks';
  /** Hours with an alarm, by baseline. */
  readonly alarms: readonly number[];
  /** How many of them the budget lets chance raise. */
  readonly wanted: number;
};

const HOUR = 3_600_000;
const HOURS_OF_MONTH = 720;

/** A model whose fields do not drift, judged hour by hour as the collector judges it, with one alarm a month allowed to all of them. */
export async function budgetAlarms(
  measure: BudgetAlarms['measure'],
  { baselines, fields, hours, nRef, nLive }: BudgetTrials,
): Promise<BudgetAlarms> {
  const shapes = measure === 'ks' ? NUMBERS.slice(0, 4) : [...NUMBERS.slice(0, 4), ...CATEGORIES.slice(0, 4)];
  const rule = ruleOf(measure);
  const alarms: number[] = [];
  for (let b = 0; b < baselines; b++) {
    const random = randomOf(`budget/${measure}/${b}`);
    const source = new Undrifted(
      b,
      Array.from({ length: fields }, (_, i) => shapes[i % shapes.length]!),
      { nRef, nLive },
      random,
    );
    const chance = new ChanceHere();
    let found = 0;
    for (let hour = 1; hour <= hours; hour++) {
      const findings = await evaluateRule(rule, hour * HOUR, source, chance);
      if (findings.length !== fields) throw new Error(`judged ${findings.length} of ${fields} fields`);
      if (findings.some(({ chance: one }) => one?.isBeyond)) found++;
    }
    alarms.push(found);
  }
  return { measure, alarms, wanted: hours / HOURS_OF_MONTH };
}

function ruleOf(measure: string): Rule {
  const loaded = loadRules(
    `
version: 1
groups:
  - name: all
    interval: 1h
    rules:
      - alert: Drift
        drift: { model: m, method: ${measure}, window: 1h, min_samples: 1, baseline: { kind: reference, name: training } }
        fire: { at_most: 1/month }
`,
    'bench',
  );
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.mistakes));
  return loaded.rules.groups[0]!.rules[0]!;
}

/** A store in which every hour is another draw of the same distributions. */
class Undrifted implements JudgingSource {
  readonly #shapes: readonly Shape[];
  readonly #nLive: number;
  readonly #random: Random;
  readonly #baseline: Baseline;

  constructor(id: number, shapes: readonly Shape[], sizes: { nRef: number; nLive: number }, random: Random) {
    this.#shapes = shapes;
    this.#nLive = sizes.nLive;
    this.#random = random;
    const series = shapes.map(({ kind, ...shape }, i) => {
      const summary = summaryOf(kind, drawn({ kind, ...shape }, sizes.nRef, random), true);
      return { stage: 'feature', field: `f${i}`, kind, summary, bins: makeBins(summary) };
    });
    this.#baseline = {
      id,
      name: 'training',
      model: 'm',
      version: '1',
      series: new Map(series.map((one) => [seriesKey(one.stage, one.field), one])),
    };
  }

  async models() {
    return ['m'];
  }

  async versions() {
    return [{ id: 1, model: 'm', version: '1', firstSeen: 0, lastSeen: Number.MAX_SAFE_INTEGER }];
  }

  async series() {
    return this.#shapes.map(({ kind }, id) => {
      return { id, versionId: 1, stage: 'feature', field: `f${id}`, slice: '', kind };
    });
  }

  async spans(seriesIds: readonly number[]) {
    return new Map(
      seriesIds.map((id) => {
        const shape = this.#shapes[id]!;
        return [id, summaryOf(shape.kind, drawn(shape, this.#nLive, this.#random))];
      }),
    );
  }

  async traffic() {
    return { rows: this.#nLive, errors: 0, windows: 1 };
  }

  async baseline() {
    return this.#baseline;
  }
}
