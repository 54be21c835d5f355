import type { SeriesKind } from '@tidemark/sketch';
import { MEASURES, type MeasureName } from '../../../collector/src/drift/index.ts';
import type { CalibratedMeasure } from '../../../collector/src/drift/simulated-null.ts';

const SCORED: readonly (Pick<CalibratedMeasure, 'side'> & { readonly name: MeasureName })[] = [
  { name: 'psi', side: 'above' },
  { name: 'ks', side: 'above' },
  { name: 'mean_change', side: 'either' },
  { name: 'unseen_share', side: 'above' },
];

/** The scores that are calibrated here, for one kind of series. */
export function measuresOf(kind: SeriesKind): CalibratedMeasure[] {
  return SCORED.filter(({ name }) => (MEASURES[name].kinds as readonly SeriesKind[]).includes(kind)).map(
    ({ name, side }) => ({ name, side, score: MEASURES[name].score }),
  );
}
