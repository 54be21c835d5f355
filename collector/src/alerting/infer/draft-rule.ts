import type { SeriesKind } from '@tidemark/sketch';
import type { Baseline } from '../../baseline/baseline.ts';
import type { Direction } from '../../rules/rule.ts';

/** A threshold of one field that the baseline's own windows would have crossed: the highest score in them, and where it is now. */
export type Fitted = { readonly highest: number; readonly fire: number };

/** A rule in the making. `fire` and `clear` are bounds that a score has to be above, or below. */
export type DraftRule = {
  readonly alert: string;
  readonly group: 'values' | 'distribution';
  readonly block: 'schema' | 'drift' | 'confidence';
  readonly stage: string;
  readonly measure: string;
  /** Which way the score is looked at; undefined for one that has no sign. */
  readonly direction?: Direction;
  readonly needsBaseline: boolean;
  readonly minSamples: number;
  readonly fire: number;
  readonly clear: number;
  /** Fields that need another threshold, and those for which there is none, by name. */
  readonly overrides: ReadonlyMap<string, Fitted>;
  readonly excluded: ReadonlyMap<string, number>;
};

type Kind = Pick<
  DraftRule,
  'group' | 'block' | 'measure' | 'direction' | 'needsBaseline' | 'minSamples' | 'fire' | 'clear'
> & {
  readonly what: string;
  readonly kinds: readonly SeriesKind[];
  /** By stage, what its rule begins with; those of values where it is not said. */
  readonly stages?: Readonly<Record<string, string>>;
};

const ANY: readonly SeriesKind[] = ['number', 'category', 'vector'];
const VALUES = { input: 'Input', feature: 'Feature', prediction: 'Prediction' } as const;
const values = { group: 'values', block: 'schema', needsBaseline: true, minSamples: 500 } as const;
const drift = { group: 'distribution', block: 'drift', needsBaseline: true, minSamples: 500 } as const;

/** What a rule is made for, where a stage has fields it means something for. Thresholds and their reasons are those of alerts/tabular.yaml. */
const KINDS: readonly Kind[] = [
  { ...values, what: 'Missing', kinds: ANY, measure: 'null_share_change', fire: 0.1, clear: 0.05 },
  { ...values, what: 'WrongType', kinds: ANY, measure: 'type_share', needsBaseline: false, fire: 0.01, clear: 0.005 },
  {
    ...values,
    what: 'OutOfRange',
    kinds: ['number'],
    measure: 'range_share',
    minSamples: 100,
    fire: 0.02,
    clear: 0.01,
  },
  { ...values, what: 'NewValues', kinds: ['category'], measure: 'unseen_share', fire: 0.05, clear: 0.02 },
  { ...values, what: 'Stuck', kinds: ANY, measure: 'constant_share_change', fire: 0.5, clear: 0.3 },
  { ...drift, what: 'Drift', kinds: ['number', 'category'], measure: 'psi', fire: 0.25, clear: 0.2 },
  { ...drift, what: 'Moved', kinds: ['vector'], measure: 'sliced_wasserstein', fire: 0.25, clear: 0.2 },
  {
    ...drift,
    what: 'Changed',
    stages: { 'step:pair': 'Pair' },
    kinds: ['pair'],
    measure: 'correlation_change',
    direction: 'both',
    fire: 0.3,
    clear: 0.2,
  },
  {
    ...values,
    block: 'confidence',
    what: 'Fell',
    stages: { confidence: 'Confidence' },
    kinds: ['number'],
    measure: 'mean_change',
    direction: 'down',
    fire: 0.1,
    clear: 0.05,
  },
  {
    ...values,
    block: 'drift',
    what: 'Rose',
    stages: { latency: 'Latency' },
    kinds: ['number'],
    measure: 'mean_shift',
    direction: 'up',
    minSamples: 100,
    fire: 1,
    clear: 0.5,
  },
];

/** The rules that mean something for what a baseline has, with their usual thresholds. */
export function draftRules({ series }: Baseline): DraftRule[] {
  const all = [...series.values()];
  const has = (stage: string, kinds: readonly SeriesKind[]) =>
    all.some((one) => one.stage === stage && kinds.includes(one.kind));
  const drafts = KINDS.flatMap(({ what, kinds, stages = VALUES, ...kind }) =>
    Object.entries(stages)
      .filter(([stage]) => has(stage, kinds))
      .map(
        ([stage, name]): DraftRule => ({
          ...kind,
          alert: `${name}${what}`,
          stage,
          overrides: new Map(),
          excluded: new Map(),
        }),
      ),
  );
  // What is about one stage stands together.
  const order = Object.keys(VALUES);
  const placeOf = ({ stage }: DraftRule) => (order.includes(stage) ? order.indexOf(stage) : order.length);
  return drafts.sort((a, b) => placeOf(a) - placeOf(b));
}

/** Scores from this share of the threshold on are too near to it. */
const NEAR = 0.8;

/** How far above the highest score of the baseline's own windows a threshold has to lie. */
const ABOVE = 1.25;

/** The rule so that a field with such scores in the baseline's own windows is quiet; out of it where shares would have to be 1 or more. */
export function fitted(rule: DraftRule, field: string, highest: number): DraftRule {
  if (highest < NEAR * rule.fire) return rule;
  const fire = roundedUp(ABOVE * highest);
  if (rule.block === 'schema' && fire >= 1) return { ...rule, excluded: new Map([...rule.excluded, [field, highest]]) };
  return { ...rule, overrides: new Map([...rule.overrides, [field, { highest, fire }]]) };
}

/** The next number with two digits. */
function roundedUp(value: number): number {
  const step = 10 ** (Math.floor(Math.log10(value)) - 1);
  return Number((Math.ceil(value / step - 1e-9) * step).toPrecision(2));
}
