/**
 * A distance in the unit of a series as a multiple of the baseline's population standard deviation (n in the denominator,
 * as `Moments.deviation` has it). 0 where there is no distance, also of a constant baseline. Throws a RangeError for any
 * other distance from a constant one: there is nothing to divide by. (Evidently divides by max(sigma, 0.001) there, which
 * makes the score depend on the unit.) Throws one as well where the answer is beyond the largest double. NaN stays NaN.
 */
export function inSigmas(distance: number, sigma: number): number {
  if (distance === 0) return 0;
  if (sigma === 0 && !Number.isNaN(distance)) {
    throw new RangeError(
      'the baseline is constant, so there is no standard deviation to measure in; use ks, psi or range_share',
    );
  }
  const sigmas = distance / sigma;
  if (Math.abs(sigmas) === Number.POSITIVE_INFINITY) {
    throw new RangeError('the distance in standard deviations of the baseline is beyond the largest number');
  }
  return sigmas;
}
