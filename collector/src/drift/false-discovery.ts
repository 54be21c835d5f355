/** One field's chance of scoring as it did, and how much the field matters (default 1). */
export type FieldTest = { readonly tail: number; readonly importance?: number };

/**
 * Which fields of a model stand out at one tick when so many are looked at: the procedure of Benjamini and Hochberg (1995), which keeps
 * the expected share of false ones among those named at or below `rate`, and the probability that any is named at all there while
 * nothing drifts. Importances weigh the tail probabilities by tail / weight, weights averaging 1 (Genovese, Roeder and
 * Wasserman 2006, False discovery control with p-value weighting): a field of twice the weight needs half the evidence, one of
 * weight 0 is never named. The rate holds for independent fields and such as move together.
 *
 * @returns for each field whether it is named, in their order. Throws a RangeError for a rate or tail outside of 0 to 1, or an
 * importance that is negative or not finite.
 */
export function falseDiscovery(tests: readonly FieldTest[], rate: number): boolean[] {
  if (!(rate > 0 && rate < 1)) throw new RangeError(`a false discovery rate is between 0 and 1, got ${rate}`);
  const importances = tests.map(({ tail, importance = 1 }) => {
    if (!(tail >= 0 && tail <= 1)) throw new RangeError(`a tail probability is from 0 to 1, got ${tail}`);
    if (!(importance >= 0 && importance < Infinity)) {
      throw new RangeError(`an importance is a number from 0 on, got ${importance}`);
    }
    return importance;
  });
  const sum = importances.reduce((all, importance) => all + importance, 0);
  const weighted = tests.map(({ tail }, i) => {
    const weight = (importances[i]! * tests.length) / sum;
    return weight > 0 ? tail / weight : Number.POSITIVE_INFINITY;
  });
  const ascending = [...weighted].sort((a, b) => a - b);
  let limit = Number.NEGATIVE_INFINITY;
  for (const [i, tail] of ascending.entries()) if (tail <= ((i + 1) * rate) / tests.length) limit = tail;
  return weighted.map((tail) => tail <= limit);
}
