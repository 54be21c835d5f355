import { MAX_COUNT, sumOfCounts } from './count.ts';
import { Digest } from './digest.ts';
import { checkDirections, maxVectorSize } from './directions.ts';
import { optionInvalid, valueInvalid } from './errors.ts';
import { decodeProjections, encodeProjections, type ProjectionsState } from './projections-bytes.ts';
import { VectorGauge } from './projections-gauge.ts';
import { faultOfFirst, type VectorFault } from './projections-vector.ts';
import { checkedSizeRule, type SizeRule, WINDOW_SIZE_RULE } from './size-rule.ts';

/** Directions on which vectors are projected unless said otherwise. */
export const DEFAULT_DIRECTIONS = 16;

/** The seed of directions unless said otherwise; only projections of one seed can be merged or compared. */
export const DEFAULT_SEED = 1;

/** Digests grow by chunks and refuse a chunk before they are full; so far from 2^53 nothing is half counted. */
const FULL: number = MAX_COUNT - 2 ** 16;

/** Options of Projections. */
export type ProjectionsOptions = {
  /** Components of every vector; without it the first vector decides, and the directions are made when it comes. */
  readonly size?: number;
  /** How many directions there are, 1 to 64, 16 by default. */
  readonly directions?: number;
  /** What the directions are drawn from, 0 to 2^32 - 1. */
  readonly seed?: number;
  /** Size rule of every digest. */
  readonly sizeRule?: SizeRule;
};

// Heap of a digest apart from its data: 480 bytes measured on Node 24 (300 of them).
const DIGEST_BYTES = 500;

/**
 * Vectors of one size (embeddings, tensors) seen from a few sides, so that none has to be kept: a digest of their norms
 * (Euclidean), one of their components pooled, and one for each of k fixed random directions of what the vectors measure
 * along it. Two streams that differ as vectors differ along most directions, which is what the sliced Wasserstein distance
 * (Rabin, Peyré, Delon and Bernot 2011) makes use of: a mean that moves by t moves by about t / sqrt(d) along a direction.
 *
 * A vector costs k * d multiply-adds (0.7 ns each) and 128 + k + 1 values of a digest, a few microseconds for 16 directions
 * of 768 components; where vectors are large or many, the caller samples. Memory follows from k: k + 2 digests, at most
 * 20 KiB each while they fill and about 4 KiB in a clone or decoded; the directions, 4 k d bytes, are shared by the process.
 */
export class Projections {
  readonly #directions: number;
  readonly #seed: number;
  #norm: Digest;
  #values: Digest;
  #along: readonly Digest[];
  /** 0 until known. */
  #size = 0;
  /** Made for the first vector: what only merges and answers needs no directions. */
  #gauge: VectorGauge | null = null;

  /** Throws SKETCH_OPTION_INVALID for an option out of range; a declared size makes the directions at once. */
  constructor(options: ProjectionsOptions = {}) {
    const { directions = DEFAULT_DIRECTIONS, seed = DEFAULT_SEED, size } = options;
    checkDirections(directions, seed);
    const sizeRule = checkedSizeRule(options.sizeRule ?? WINDOW_SIZE_RULE);
    this.#directions = directions;
    this.#seed = seed;
    this.#norm = new Digest({ sizeRule });
    this.#values = new Digest({ sizeRule });
    this.#along = Array.from({ length: directions }, () => new Digest({ sizeRule }));
    if (size === undefined) return;
    this.#gauge = new VectorGauge(size, directions, seed);
    this.#size = size;
  }

  /** How many vectors were counted in. */
  get count(): number {
    return this.#norm.count;
  }

  /** About how many bytes of memory the digests take; the directions are shared. */
  get memoryBytes(): number {
    const digests = [this.#norm, this.#values, ...this.#along];
    return digests.reduce((bytes, digest) => bytes + DIGEST_BYTES + digest.memoryBytes, 0);
  }

  /** Components of a vector; null until that is known. */
  get size(): number | null {
    return this.#size === 0 ? null : this.#size;
  }

  /** How many directions there are. */
  get directions(): number {
    return this.#directions;
  }

  /** What the directions were drawn from. */
  get seed(): number {
    return this.#seed;
  }

  /** The size rule of every digest. */
  get sizeRule(): SizeRule {
    return this.#norm.sizeRule;
  }

  /** Digest of the Euclidean norms, one a vector. For reading only, as all of them. */
  get norm(): Digest {
    return this.#norm;
  }

  /** Digest of components: all of a vector of up to 128, else 128 of them, each as likely as any other (see `pool`). */
  get values(): Digest {
    return this.#values;
  }

  /** Digest of the dot products with direction `index`, from 0. Throws SKETCH_OPTION_INVALID where there is none. */
  direction(index: number): Digest {
    const digest = this.#along[index];
    if (digest === undefined) throw optionInvalid(`there are ${this.#directions} directions, no ${String(index)}`);
    return digest;
  }

  /**
   * Counts a vector in, of which nothing is kept. Throws SKETCH_VALUE_INVALID, having counted nothing, for one of another
   * size, with a component that is no finite number, or so long (about 1e154) that its squares go beyond the doubles.
   */
  add(vector: ArrayLike<number>): void {
    const fault = this.take(vector);
    if (fault === null) return;
    const wanted = `${this.#size === 0 ? `1 to ${maxVectorSize(this.#directions)}` : this.#size} finite numbers`;
    throw valueInvalid(`projections take vectors of ${wanted}, got ${String(vector?.length)} with fault '${fault}'`);
  }

  /** As `add`, but answers what is wrong with the vector instead of throwing; null where it was counted. */
  take(vector: ArrayLike<number>): VectorFault | null {
    // Neither a size nor directions for a first vector that cannot be counted anyway.
    const fault = this.#size === 0 ? faultOfFirst(vector, maxVectorSize(this.#directions)) : null;
    if (fault !== null) return fault;
    if (this.#values.count > FULL) throw valueInvalid('the projections are full: their counts would exceed 2^53 - 1');
    const size = this.#size === 0 ? vector.length : this.#size;
    if (this.#gauge?.size !== size) this.#gauge = new VectorGauge(size, this.#directions, this.#seed);
    const wrong = this.#gauge.measure(vector);
    if (wrong === null) this.#count(this.#gauge);
    return wrong;
  }

  /**
   * Counts in everything `other` has; `other` keeps its contents. Counts and extremes are exact in any order and grouping,
   * and the digests are of the same values whatever the partition. Throws SKETCH_VALUE_INVALID, changing nothing, when
   * seeds, numbers of directions or known sizes differ, or when counts would exceed 2^53 - 1.
   */
  merge(other: Projections): void {
    const fault = this.#mismatch(other);
    if (fault !== null) throw valueInvalid(`projections ${fault} cannot be merged`);
    sumOfCounts(this.#values.count, other.#values.count);
    if (this.#size === 0) this.#size = other.#size;
    this.#norm.merge(other.#norm);
    this.#values.merge(other.#values);
    for (const [i, digest] of this.#along.entries()) digest.merge(other.#along[i]);
  }

  /** Independent projections of the same contents, without room for vectors to come. */
  clone(): Projections {
    return Projections.#of({
      size: this.#size,
      seed: this.#seed,
      norm: this.#norm.clone(),
      values: this.#values.clone(),
      along: this.#along.map((digest) => digest.clone()),
    });
  }

  /** The byte form, described in projections-bytes.ts: k + 2 digests of about 2 KiB. */
  toBytes(): Uint8Array {
    const [size, seed, norm, values, along] = [this.#size, this.#seed, this.#norm, this.#values, this.#along];
    return encodeProjections({ size, seed, norm, values, along });
  }

  /** What `toBytes` was called on. Throws SKETCH_BYTES_INVALID for bytes that are not exactly one valid form. */
  static fromBytes(bytes: Uint8Array): Projections {
    return Projections.#of(decodeProjections(bytes));
  }

  static #of({ size, seed, norm, values, along }: ProjectionsState): Projections {
    const projections = new Projections({ directions: along.length, seed, sizeRule: norm.sizeRule });
    projections.#size = size;
    projections.#norm = norm;
    projections.#values = values;
    projections.#along = along;
    return projections;
  }

  #count({ size, norm, products, pooled }: VectorGauge): void {
    // First, since it refuses as a whole what has changed while it was read.
    this.#values.addAll(pooled);
    pooled.fill(0);
    this.#size = size;
    this.#norm.add(norm);
    for (let i = 0; i < products.length; i++) this.#along[i].add(products[i]);
  }

  /** In what way `other` differs so that they cannot be merged, or null. */
  #mismatch(other: Projections): string | null {
    if (other.#directions !== this.#directions) return `on ${this.#directions} and on ${other.#directions} directions`;
    if (other.#seed !== this.#seed) return `of seeds ${this.#seed} and ${other.#seed}`;
    const known = this.#size !== 0 && other.#size !== 0;
    return known && other.#size !== this.#size ? `of vectors of ${this.#size} and ${other.#size} components` : null;
  }
}
