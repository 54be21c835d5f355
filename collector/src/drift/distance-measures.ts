import type { Summary } from '@tidemark/sketch';
import { type Bins, sharesIn } from './bins.ts';
import { cramersV } from './cramers-v.ts';
import { hellinger } from './hellinger.ts';
import { jensenShannon } from './jensen-shannon.ts';
import { ks } from './ks.ts';
import { categoryLInfinity, lInfinity } from './l-infinity.ts';
import { comparing, type Measure, type ScoreInput, validValues } from './measure.ts';
import { psi } from './psi.ts';
import { slicedWasserstein } from './sliced-wasserstein.ts';
import { wassersteinPerSigma } from './wasserstein.ts';

/** What was expected by the bins last: a baseline never changes, and is asked at every tick. */
const known = new WeakMap<
  Bins,
  { readonly reference: Summary; readonly count: number; readonly shares: number[] | null }
>();

function expectedShares(bins: Bins, reference: Summary): number[] | null {
  const last = known.get(bins);
  const count = reference.kinds.valid;
  if (last?.reference === reference && last.count === count) return last.shares;
  const shares = sharesIn(bins, reference);
  known.set(bins, { reference, count, shares });
  return shares;
}

/** A score of the shares in the bins of the baseline. */
const overBins =
  (score: (expected: readonly number[], found: readonly number[]) => number) =>
  ({ live, reference, bins }: ScoreInput): number => {
    const expected = reference && bins ? expectedShares(bins, reference) : null;
    const found = bins ? sharesIn(bins, live) : null;
    return expected && found ? score(expected, found) : Number.NaN;
  };

const required = { baseline: 'required', samples: validValues } as const;

/** How far the distribution is from that of the baseline. */
export const DISTANCE_MEASURES = {
  psi: { ...required, kinds: ['number', 'category'], unit: 'index', score: overBins(psi) },
  ks: {
    ...required,
    kinds: ['number'],
    unit: 'share',
    score: comparing((reference, live) => ks(reference.digest, live.digest)),
  },
  wasserstein: { ...required, kinds: ['number'], unit: 'index', score: comparing(wassersteinPerSigma) },
  js: { ...required, kinds: ['number', 'category'], unit: 'share', score: overBins(jensenShannon) },
  hellinger: { ...required, kinds: ['number', 'category'], unit: 'share', score: overBins(hellinger) },
  l_infinity: {
    ...required,
    kinds: ['number', 'category'],
    unit: 'share',
    score: (input) =>
      input.live.kind === 'category'
        ? comparing((reference, live) => categoryLInfinity(reference.categories, live.categories))(input)
        : overBins(lInfinity)(input),
  },
  cramers_v: {
    ...required,
    kinds: ['category'],
    unit: 'share',
    score: (input) =>
      overBins((expected, found) =>
        cramersV(expected, found, input.reference?.kinds.valid ?? 0, input.live.kinds.valid),
      )(input),
  },
  sliced_wasserstein: {
    ...required,
    kinds: ['vector'],
    unit: 'index',
    score: comparing((reference, live) => slicedWasserstein(reference.projections, live.projections)),
  },
} as const satisfies Record<string, Measure>;
