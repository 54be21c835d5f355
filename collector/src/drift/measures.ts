import { CONCENTRATION_MEASURES } from './concentration-measures.ts';
import { DISTANCE_MEASURES } from './distance-measures.ts';
import { FAULT_MEASURES } from './fault-measures.ts';
import type { Measure } from './measure.ts';
import { PAIR_MEASURES } from './pair-measures.ts';
import { SHIFT_MEASURES } from './shift-measures.ts';

/** Every measure that a rule can name. */
export const MEASURES = {
  ...DISTANCE_MEASURES,
  ...SHIFT_MEASURES,
  ...PAIR_MEASURES,
  ...FAULT_MEASURES,
  ...CONCENTRATION_MEASURES,
} as const satisfies Record<string, Measure>;

/** The name of a measure, as in a rule file. */
export type MeasureName = keyof typeof MEASURES;

const needsBaseline = (name: MeasureName): boolean => MEASURES[name].baseline === 'required';

const concentrations = namesOf(CONCENTRATION_MEASURES);

/** What a `drift` rule can ask: how far a distribution has moved from its baseline. */
export const DRIFT_METHODS: readonly MeasureName[] = [
  ...namesOf(DISTANCE_MEASURES),
  ...namesOf(SHIFT_MEASURES).filter(needsBaseline),
  ...namesOf(PAIR_MEASURES),
  ...concentrations.filter(needsBaseline),
];

/** What a `schema` rule can ask: faults of values, and how unevenly they fall. */
export const SCHEMA_MEASURES: readonly MeasureName[] = [
  ...namesOf(FAULT_MEASURES),
  ...concentrations.filter((name) => !needsBaseline(name)),
];

/** What a `confidence` rule can ask. */
export const CONFIDENCE_MEASURES: readonly MeasureName[] = namesOf(SHIFT_MEASURES);

function namesOf<M extends object>(measures: M): (keyof M)[] {
  return Object.keys(measures) as (keyof M)[];
}
