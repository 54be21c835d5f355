import { entropy, gini, topShare } from './concentration.ts';
import { comparing, type Measure, validValues } from './measure.ts';
import { type Occurrences, occurrencesOf } from './occurrences.ts';

type Concentration = (all: readonly Occurrences[]) => number;

const categories = { kinds: ['category'], samples: validValues } as const;

const ofLive = (concentration: Concentration) =>
  ({
    ...categories,
    unit: 'share',
    baseline: 'none',
    score: ({ live }) => concentration(occurrencesOf(live.categories)),
  }) as const satisfies Measure;

/** Live less baseline, with its sign. */
const changeOf = (concentration: Concentration) =>
  ({
    ...categories,
    unit: 'signed',
    baseline: 'required',
    score: comparing(
      (reference, live) =>
        concentration(occurrencesOf(live.categories)) - concentration(occurrencesOf(reference.categories)),
    ),
  }) as const satisfies Measure;

/** How unevenly the values fall on the categories, as it is and against the baseline: what is popular, what is shown. */
export const CONCENTRATION_MEASURES = {
  top_share: ofLive(topShare),
  entropy: ofLive(entropy),
  gini: ofLive(gini),
  top_share_change: changeOf(topShare),
  entropy_change: changeOf(entropy),
  gini_change: changeOf(gini),
} as const satisfies Record<string, Measure>;
