/** How well probabilities tell the label. */
export type Score = {
  readonly rows: number;
  /** Share of rows whose label is 1. */
  readonly baseRate: number;
  /** Mean of the probabilities; that of a calibrated model is near the base rate. */
  readonly meanProbability: number;
  /** Area under the ROC curve; 0.5 is guessing. */
  readonly auc: number;
  /** Mean negative log-likelihood, nats. */
  readonly logLoss: number;
  /** Log loss of always answering the base rate, nats. */
  readonly baseLogLoss: number;
};

/** Scores probabilities against labels 0 and 1. AUC by the rank-sum (Mann-Whitney), ties counted half. */
export function scoreProbabilities(probabilities: Float64Array, labels: Uint8Array): Score {
  const rows = labels.length;
  const positives = labels.reduce((sum, label) => sum + label, 0);
  const rate = positives / rows;
  let loss = 0;
  for (let row = 0; row < rows; row += 1) {
    const p = Math.min(Math.max(probabilities[row]!, 1e-12), 1 - 1e-12);
    loss -= Math.log(labels[row] === 1 ? p : 1 - p);
  }
  return {
    rows,
    baseRate: rate,
    meanProbability: probabilities.reduce((sum, p) => sum + p, 0) / rows,
    auc: (rankSum(probabilities, labels) - (positives * (positives + 1)) / 2) / (positives * (rows - positives)),
    logLoss: loss / rows,
    baseLogLoss: -(rate * Math.log(rate) + (1 - rate) * Math.log(1 - rate)),
  };
}

/** Sum of the ranks (from 1, ties averaged) of the rows whose label is 1. */
function rankSum(values: Float64Array, labels: Uint8Array): number {
  const order = Uint32Array.from(values.keys()).sort((a, b) => values[a]! - values[b]!);
  let sum = 0;
  for (let start = 0; start < order.length; ) {
    let end = start;
    let positives = 0;
    while (end < order.length && values[order[end]!] === values[order[start]!]) {
      positives += labels[order[end]!]!;
      end += 1;
    }
    sum += positives * ((start + 1 + end) / 2);
    start = end;
  }
  return sum;
}
