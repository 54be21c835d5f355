import { type Digest, directionsOf, type Projections } from '@tidemark/sketch';
import { inSigmas } from './sigmas.ts';
import { exactWasserstein, wasserstein } from './wasserstein.ts';

/** On which directions raw vectors are projected; those of the summaries they are compared with. */
export type Slicing = { readonly directions: number; readonly seed: number };

/**
 * Sliced Wasserstein distance of two sets of vectors (Rabin, Peyré, Delon and Bernot 2011; of order 1): the mean over the
 * projections' fixed directions of the 1-Wasserstein distance along each, over the baseline's population standard
 * deviation along a direction (root mean square of all), so that 0.5 means half a sigma as it does for numbers. A mean
 * that moves by t in d dimensions moves by about 0.8 t / sqrt(d) along a direction. NaN where a side is empty. Throws a
 * RangeError where the two were projected differently, or where a constant baseline has begun to move.
 */
export function slicedWasserstein(reference: Projections, live: Projections): number {
  if (reference.count === 0 || live.count === 0) return Number.NaN;
  if (reference.directions !== live.directions || reference.seed !== live.seed || reference.size !== live.size) {
    const named = ({ size, directions, seed }: Projections) =>
      `${size} components on ${directions} directions of seed ${seed}`;
    throw new RangeError(
      `sliced_wasserstein needs the same projections on both sides, got ${named(reference)} and ${named(live)}`,
    );
  }
  let [distances, variances] = [0, 0];
  for (let i = 0; i < live.directions; i++) {
    distances += wasserstein(reference.direction(i), live.direction(i));
    variances += digestVariance(reference.direction(i));
  }
  return inSigmas(distances / live.directions, Math.sqrt(variances / live.directions));
}

/** The same of raw vectors, all finite and of one size. NaN where a side is empty. */
export function exactSlicedWasserstein(
  reference: readonly ArrayLike<number>[],
  live: readonly ArrayLike<number>[],
  { directions, seed }: Slicing,
): number {
  if (reference.length === 0 || live.length === 0) return Number.NaN;
  const size = reference[0]!.length;
  const odd = [...reference, ...live].find((vector) => vector.length !== size);
  if (odd)
    throw new RangeError(`sliced_wasserstein needs vectors of one size, got ${size} and ${odd.length} components`);
  let [distances, variances] = [0, 0];
  for (const direction of directionsOf(size, directions, seed)) {
    const [from, to] = [along(direction, reference), along(direction, live)];
    distances += exactWasserstein(from, to);
    variances += varianceOf(from, null);
  }
  return inSigmas(distances / directions, Math.sqrt(variances / directions));
}

/** Dot products of all vectors with one direction, ascending. */
function along(direction: Float32Array, vectors: readonly ArrayLike<number>[]): Float64Array {
  const products = Float64Array.from(vectors, (vector) => {
    let product = 0;
    for (let j = 0; j < direction.length; j++) product += vector[j]! * direction[j]!;
    return product;
  });
  return products.sort();
}

/** What the centroids tell of the variance: too low by the spread inside of them, below 0.1 % of it as measured. */
function digestVariance(digest: Digest): number {
  const { mean, weight } = digest.centroids();
  return varianceOf(mean, weight);
}

function varianceOf(values: Float64Array, weights: Float64Array | null): number {
  let [count, mean, squares] = [0, 0, 0];
  for (const [index, value] of values.entries()) {
    const weight = weights?.[index] ?? 1;
    count += weight;
    const step = value - mean;
    mean += (step * weight) / count;
    squares += weight * step * (value - mean);
  }
  return squares / count;
}
