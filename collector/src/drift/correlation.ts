/**
 * What is needed of two fields that come together to know their correlation: counts, means, sums of squared deviations
 * and of products of deviations. Six numbers a pair and window that merge exactly; summaries of single fields do not
 * hold the last of them, so a correlation cannot be had from these.
 */
export type PairMoments = {
  readonly count: number;
  readonly meanX: number;
  readonly meanY: number;
  readonly squaresX: number;
  readonly squaresY: number;
  readonly products: number;
};

/** Of no rows. */
export const NO_PAIRS: PairMoments = { count: 0, meanX: 0, meanY: 0, squaresX: 0, squaresY: 0, products: 0 };

/**
 * Of the rows in which both are finite numbers; the others (one of the two missing) say nothing of how they go together.
 * Welford's update for two variables. Throws a RangeError where the columns differ in length.
 */
export function pairMoments(xs: ArrayLike<unknown>, ys: ArrayLike<unknown>): PairMoments {
  if (xs.length !== ys.length)
    throw new RangeError(`a pair needs as many rows of both, got ${xs.length} and ${ys.length}`);
  let { count, meanX, meanY, squaresX, squaresY, products } = NO_PAIRS;
  for (let i = 0; i < xs.length; i++) {
    const [x, y] = [xs[i], ys[i]];
    if (!isFiniteNumber(x) || !isFiniteNumber(y)) continue;
    count++;
    const [stepX, stepY] = [x - meanX, y - meanY];
    meanX += stepX / count;
    meanY += stepY / count;
    squaresX += stepX * (x - meanX);
    squaresY += stepY * (y - meanY);
    products += stepX * (y - meanY);
  }
  return { count, meanX, meanY, squaresX, squaresY, products };
}

/** Of the rows of both, as if counted together (Chan, Golub and LeVeque 1979). */
export function mergePairMoments(one: PairMoments, other: PairMoments): PairMoments {
  const count = one.count + other.count;
  if (count === 0) return NO_PAIRS;
  const share = other.count / count;
  const [stepX, stepY] = [other.meanX - one.meanX, other.meanY - one.meanY];
  return {
    count,
    meanX: one.meanX + stepX * share,
    meanY: one.meanY + stepY * share,
    squaresX: one.squaresX + other.squaresX + stepX * stepX * share * one.count,
    squaresY: one.squaresY + other.squaresY + stepY * stepY * share * one.count,
    products: one.products + other.products + stepX * stepY * share * one.count,
  };
}

/** Pearson's correlation, -1..1; NaN for fewer than two rows and where a side is constant, which goes with nothing. */
export function correlation({ count, squaresX, squaresY, products }: PairMoments): number {
  if (count < 2 || squaresX <= 0 || squaresY <= 0) return Number.NaN;
  return Math.min(1, Math.max(-1, products / Math.sqrt(squaresX) / Math.sqrt(squaresY)));
}

/**
 * Correlation of the live rows less that of the baseline, -2..2 with its sign: -0.9 where two fields that went together
 * (0.9) no longer do (0). A plain difference, as `mean_change`, and not one of Fisher's z, whose size near 1 nobody can
 * picture; its noise with no drift is about (1 - r^2) sqrt(1/n + 1/m). NaN where a side has no correlation.
 */
export function correlationChange(reference: PairMoments, live: PairMoments): number {
  return correlation(live) - correlation(reference);
}

function isFiniteNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
