import { type BoostingOptions, trainBoostedTrees } from './boosted-trees.ts';
import { BASELINE_FROM, DAY, REPLAY_FROM } from './calendar.ts';
import { FEATURE_NAMES, featureMatrix, LATE_MINUTES } from './features.ts';
import { type Flights, firstRowAt } from './flights.ts';
import { type Score, scoreProbabilities } from './score.ts';
import { predictAll, type TreeEnsemble } from './tree-ensemble.ts';

/** A trained model with what it was trained and tried on. */
export type TrainedModel = {
  readonly ensemble: TreeEnsemble;
  /** Row-major features of all flights of January, row `i` being flight `i`. */
  readonly january: Float32Array;
  readonly trainedRows: number;
  /** On the last days of January, which training did not see. */
  readonly holdout: Score;
};

/** The first days have no outcomes to look back on; learning from them would teach that history says nothing. */
const TRAIN_FROM = BASELINE_FROM + 2 * DAY;
/** The last five days of January are kept for the test. */
const HOLDOUT_FROM = REPLAY_FROM - 5 * DAY;

/** Trains the delay model on January. Flights must start with January; the same flights and options give the same model. */
export function trainModel(flights: Flights, options: BoostingOptions = {}): TrainedModel {
  const trainFrom = firstRowAt(flights, TRAIN_FROM);
  const holdoutFrom = firstRowAt(flights, HOLDOUT_FROM);
  const end = firstRowAt(flights, REPLAY_FROM);
  const width = FEATURE_NAMES.length;
  const january = featureMatrix(flights, end);
  const late = Uint8Array.from(flights.delay.subarray(0, end), (minutes) => (minutes > LATE_MINUTES ? 1 : 0));
  const ensemble = trainBoostedTrees(
    FEATURE_NAMES,
    january.subarray(trainFrom * width, holdoutFrom * width),
    late.subarray(trainFrom, holdoutFrom),
    options,
  );
  const holdout = scoreProbabilities(
    predictAll(ensemble, january.subarray(holdoutFrom * width)),
    late.subarray(holdoutFrom),
  );
  return { ensemble, january, trainedRows: holdoutFrom - trainFrom, holdout };
}
