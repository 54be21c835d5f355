import type { Baseline } from '../baseline/baseline.ts';
import { type Chance, ChanceUnknown, type Nulls, type Precision } from '../chance/chance.ts';
import { type CalibratedScore, calibratedScore } from '../drift/calibrated-score.ts';
import { falseDiscovery } from '../drift/false-discovery.ts';
import type { Measure, MeasureName } from '../drift/index.ts';
import { SMALLEST_TAIL } from '../drift/null-distribution.ts';
import type { Side } from '../drift/side.ts';
import { whyNotDrawn } from '../drift/simulated-null.ts';
import { messageOf } from '../errors.ts';
import { chanceEvidence } from './chance-evidence.ts';
import { isAboutData } from './fetch-spans.ts';
import { meansField } from './field-pattern.ts';
import type { ChanceFound } from './finding.ts';
import type { Budget, Rule, SeriesJudgement } from './rule.ts';
import { ruleOfField } from './rule-of-field.ts';
import { rawSide, valueSide } from './score-side.ts';
import type { Selected } from './select-series.ts';
import type { JudgingSource } from './source.ts';
import { type Judged, without } from './verdict.ts';

/** What is judged against a budget, and whom to ask about chance. */
export type BudgetScope = {
  readonly rule: Rule;
  readonly judgement: SeriesJudgement;
  readonly measure: Measure;
  readonly baseline: Baseline | null;
  readonly tick: number;
  readonly source: JudgingSource;
  readonly chance: Chance;
};

/** A field whose tail probability is held against the budget it shares with others. */
type Tested = {
  readonly index: number;
  readonly field: string;
  readonly own: Rule;
  readonly budget: Budget;
  tail: number;
  /** Whether nothing more precise can be known of the tail, or matters. */
  isSure: boolean;
};

/** However badly the far end of a null is known, a tail probability below this is beyond every budget. */
const SURE = 1e-7;

/**
 * Holds what was found of one model version at one tick against the budgets of the rule and its overrides. Chance is asked only where the
 * effect that the rule wants is there: it may cost seconds, and changes nothing else. Fields that share a budget are tested together, those
 * of too small an effect as if they were sure to be chance, which can only make alarms fewer. Before a field is named, what chance does to it
 * is found out more precisely: naming is rare, and hangs on the far end of the null.
 */
export async function holdToBudgets(
  scope: BudgetScope,
  selected: readonly Selected[],
  judged: readonly Judged[],
): Promise<Judged[]> {
  const held = [...judged];
  const tested: Tested[] = [];
  for (const [index, one] of selected.entries()) {
    const own = ruleOfField(scope.rule, one.field);
    if (own.budget === null || held[index]!.verdict.value === null) continue;
    held[index] = await withChance(scope, own, one, judged[index]!, 'usual');
    const { chance } = held[index]!.verdict;
    if (chance === undefined) continue;
    const tail = testedTail(chance);
    tested.push({ index, field: one.field, own, budget: own.budget, tail, isSure: tail < SURE });
  }
  for (const [budget, together] of Map.groupBy(tested, (one) => one.budget)) {
    let named = namedOf(budget, together);
    for (;;) {
      const unsure = together.filter((one, i) => named[i] && !one.isSure);
      if (unsure.length === 0) break;
      for (const one of unsure) {
        held[one.index] = await withChance(scope, one.own, selected[one.index]!, judged[one.index]!, 'far');
        one.tail = testedTail(held[one.index]!.verdict.chance);
        one.isSure = true;
      }
      named = namedOf(budget, together);
    }
    for (const [i, { index }] of together.entries()) held[index] = told(held[index]!, named[i]!);
  }
  return held;
}

function namedOf(budget: Budget, together: readonly Tested[]): boolean[] {
  const tests = together.map(({ field, tail }) => ({ tail, importance: importanceOf(budget, field) }));
  return falseDiscovery(tests, budget.rate);
}

function told({ verdict, spanFrom }: Judged, isBeyond: boolean): Judged {
  const { chance } = verdict;
  return { verdict: chance === undefined ? verdict : { ...verdict, chance: { ...chance, isBeyond } }, spanFrom };
}

/** The judgement with what chance has to do with it; an error where that is not known, which is never ok. */
async function withChance(
  scope: BudgetScope,
  own: Rule,
  one: Selected,
  judged: Judged,
  precision: Precision,
): Promise<Judged> {
  const { measure, judgement } = scope;
  const { verdict, spanFrom } = judged;
  const value = verdict.value!;
  const reference = one.reference!;
  const side = valueSide(judgement, own.fire);
  const known = {
    score: value,
    side,
    deviation: measure.unit === 'value' ? reference.summary.moments.deviation : null,
    nRef: measure.samples(reference.summary),
    nLive: verdict.samples,
    minSamples: 1,
  };
  if (!own.fire.holds(value)) {
    const quiet = calibratedScore({ ...known, independent: null, widened: null });
    return { verdict: { ...verdict, chance: chanceOf(quiet) }, spanFrom };
  }
  const spanMs = scope.tick - spanFrom;
  try {
    const nulls = await nullsOf(scope, one, { side: rawSide(judgement, own.fire), precision }, spanMs, verdict.samples);
    const calibrated = calibratedScore({ ...known, ...nulls });
    if (Number.isNaN(calibrated.tail)) return { verdict: unknown(scope, one, verdict.samples), spanFrom };
    const chance = chanceOf(calibrated);
    const evidence = [...chanceEvidence(judgement.measure, spanMs, calibrated), ...verdict.evidence];
    return { verdict: { ...verdict, chance, evidence }, spanFrom };
  } catch (error) {
    if (!(error instanceof ChanceUnknown || isAboutData(error))) throw error;
    return { verdict: without('error', verdict.samples, messageOf(error)), spanFrom };
  }
}

function nullsOf(
  scope: BudgetScope,
  { reference }: Selected,
  looked: { readonly side: Side; readonly precision: Precision },
  spanMs: number,
  values: number,
): Promise<Nulls> {
  const { judgement, baseline, source, chance, tick } = scope;
  const { id } = baseline!;
  const series = reference!;
  const subject = {
    seed: `${id}/${series.stage}/${series.field}`,
    // Checked with the rule: a budget goes with measures that compare with a baseline, and all of those have a name there.
    measure: judgement.measure as MeasureName,
    ...looked,
    reference: series,
    spanMs,
    windows: async () => (await source.baselineWindows?.(id, series, spanMs)) ?? [],
  };
  return chance.nullsFor(subject, { values, startMs: tick - spanMs });
}

function unknown({ judgement }: BudgetScope, { reference }: Selected, samples: number) {
  const kind = reference!.kind;
  const why = whyNotDrawn(kind) ?? `the baseline has too few values of this ${kind} series`;
  const message = `what chance does to ${judgement.measure} here is not known (${why}), so 'at_most' cannot be judged`;
  return without('error', samples, message);
}

function chanceOf({ effect, nRef, nullMultiple, tail }: CalibratedScore): ChanceFound {
  return {
    effect,
    nRef,
    nullMultiple: Number.isFinite(nullMultiple) ? nullMultiple : null,
    tail: Number.isNaN(tail) ? null : tail,
    isBeyond: false,
  };
}

/** No tail is told to be smaller than the smallest, so that one may be as small as any budget wants. */
function testedTail(chance: ChanceFound | undefined): number {
  const tail = chance?.tail ?? null;
  if (tail === null) return 1;
  return tail <= SMALLEST_TAIL ? 0 : tail;
}

/** A whole name comes before patterns, and of those the first that fits. */
function importanceOf({ importance }: Budget, field: string): number {
  return importance.get(field) ?? [...importance].find(([pattern]) => meansField(pattern, field))?.[1] ?? 1;
}
