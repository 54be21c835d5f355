export { digestScores } from './digest-scores.ts';
export { exactScores } from './exact-scores.ts';
export type { Scores } from './finite-scores.ts';
export type { Measure, ScoreInput } from './measure.ts';
export {
  CONFIDENCE_MEASURES,
  DRIFT_METHODS,
  MEASURES,
  type MeasureName,
  SCHEMA_MEASURES,
} from './measures.ts';
