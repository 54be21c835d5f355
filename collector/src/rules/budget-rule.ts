import type { Baseline } from '../baseline/baseline.ts';
import { type Chance, ChanceUnknown, type Nulls } from '../chance/chance.ts';
import { type CalibratedScore, calibratedScore } from '../drift/calibrated-score.ts';
import { falseDiscovery } from '../drift/false-discovery.ts';
import type { Measure, MeasureName } from '../drift/index.ts';
import { SMALLEST_TAIL } from '../drift/null-distribution.ts';
import type { Side } from '../drift/side.ts';
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

type Tested = { readonly index: number; readonly field: string; readonly budget: Budget; readonly chance: ChanceFound };

/**
 * Holds what was found of one model version at one tick against the budgets of the rule and its overrides. Chance is asked only where the
 * effect that the rule wants is there: it may cost seconds, and changes nothing else. Fields that share a budget are tested together, those
 * of too small an effect as if they were sure to be chance, which can only make alarms fewer.
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
    held[index] = await withChance(scope, own, one, held[index]!);
    const { chance } = held[index]!.verdict;
    if (chance !== undefined) tested.push({ index, field: one.field, budget: own.budget, chance });
  }
  for (const [budget, together] of Map.groupBy(tested, (one) => one.budget)) {
    const named = falseDiscovery(
      together.map(({ field, chance }) => ({ tail: testedTail(chance), importance: importanceOf(budget, field) })),
      budget.rate,
    );
    for (const [i, { index, chance }] of together.entries()) {
      const { verdict, spanFrom } = held[index]!;
      held[index] = { verdict: { ...verdict, chance: { ...chance, isBeyond: named[i]! } }, spanFrom };
    }
  }
  return held;
}

/** The judgement with what chance has to do with it; an error where that is not known, which is never ok. */
async function withChance(scope: BudgetScope, own: Rule, one: Selected, judged: Judged): Promise<Judged> {
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
    const nulls = await nullsOf(scope, one, rawSide(judgement, own.fire), spanMs, verdict.samples);
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
  side: Side,
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
    side,
    reference: series,
    spanMs,
    windows: async () => (await source.baselineWindows?.(id, series, spanMs)) ?? [],
  };
  return chance.nullsFor(subject, { values, startMs: tick - spanMs });
}

function unknown({ judgement }: BudgetScope, { reference }: Selected, samples: number) {
  const kind = reference!.kind;
  const why =
    kind === 'vector'
      ? 'of vectors only projections are kept'
      : `the baseline has too few values of this ${kind} series`;
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
function testedTail({ tail }: ChanceFound): number {
  if (tail === null) return 1;
  return tail <= SMALLEST_TAIL ? 0 : tail;
}

/** A whole name comes before patterns, and of those the first that fits. */
function importanceOf({ importance }: Budget, field: string): number {
  return importance.get(field) ?? [...importance].find(([pattern]) => meansField(pattern, field))?.[1] ?? 1;
}
