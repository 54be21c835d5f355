import { categoryShare, impossibleShare, quantileOf, shareBelow } from '../drift/asked.ts';
import { MEASURES, type Measure, type MeasureName, CONFIDENCE_MEASURES as SHIFTS } from '../drift/index.ts';

/** What a measure is asked for beside its name; null where it was not said. */
export type Asked = {
  /** Share of the values at or below the answer, 0..1. */
  readonly quantile: number | null;
  readonly below: number | null;
  readonly category: string | null;
};
export const ASKED_NOTHING: Asked = { quantile: null, below: null, category: null };

const onNumbers = (unit: Measure['unit'], score: Measure['score']): Measure => ({
  kinds: ['number'],
  unit,
  baseline: 'none',
  samples: (live) => live.kinds.valid,
  score,
});

/** Measures that mean something together with a figure or a name. `needs`: the key of the rule file that has it. */
const ASKED = {
  quantile: {
    needs: 'quantile',
    of: ({ quantile }: Asked) => onNumbers('value', ({ live }) => quantileOf(live, quantile!)),
  },
  low_share: { needs: 'below', of: ({ below }: Asked) => onNumbers('share', ({ live }) => shareBelow(live, below!)) },
  class_share: {
    needs: 'class',
    of: ({ category }: Asked): Measure => ({
      ...onNumbers('share', ({ live }) => categoryShare(live, category!)),
      kinds: ['category'],
    }),
  },
  impossible_share: {
    needs: null,
    of: (): Measure => ({
      ...onNumbers('share', ({ live }) => impossibleShare(live)),
      samples: ({ kinds }) => kinds.valid + kinds.positiveInfinity + kinds.negativeInfinity,
    }),
  },
} as const;
export type AskedName = keyof typeof ASKED;
export type AnyMeasureName = MeasureName | AskedName;

/** The key beside which a measure means nothing, null where there is none. */
export function neededBy(measure: string): 'quantile' | 'below' | 'class' | null {
  return isAsked(measure) ? ASKED[measure].needs : null;
}

/** The measure of that name, asked for what the rule says. */
export function measureOf(name: AnyMeasureName, asked: Asked): Measure {
  return isAsked(name) ? ASKED[name].of(asked) : MEASURES[name];
}

/** What is known of a measure by its name alone; null where there is none of that name. */
export function measureNamed(name: string): Pick<Measure, 'unit' | 'baseline' | 'kinds'> | null {
  if (isAsked(name)) return ASKED[name].of(ASKED_NOTHING);
  return Object.hasOwn(MEASURES, name) ? MEASURES[name as MeasureName] : null;
}

function isAsked(name: string): name is AskedName {
  return Object.hasOwn(ASKED, name);
}

/** What `confidence` can ask for: where numbers lie and how that has changed, and what is asked for more. */
export const CONFIDENCE_MEASURES: readonly AnyMeasureName[] = [...SHIFTS, ...(Object.keys(ASKED) as AskedName[])];

/** Measures that tell up from down by their sign. */
export const SIGNED_MEASURES: readonly string[] = (Object.keys(MEASURES) as MeasureName[]).filter(
  (name) => MEASURES[name].unit === 'signed' || name === 'mean_change',
);
