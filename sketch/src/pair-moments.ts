import { bounded, weighted } from './bounded.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { sumOfCounts } from './count.ts';
import { valueInvalid } from './errors.ts';

const VERSION = 1;
const BYTES = 49;
const out = new ByteWriter(BYTES);

/**
 * What is kept of two numbers that come together, to know how they go together: count, means, and the sums of squared
 * deviations and of products of deviations. Six numbers, which summaries of the single numbers cannot replace: none of these
 * holds the products. Welford's update for two variables and the pairwise merge of Chan, Golub and LeVeque (1979); counts
 * merge exactly, the others up to rounding.
 */
export class PairMoments {
  #count = 0;
  #meanX = 0;
  #meanY = 0;
  #squaresX = 0;
  #squaresY = 0;
  #products = 0;

  /** How many pairs were counted in. */
  get count(): number {
    return this.#count;
  }

  /** Pearson's correlation, -1..1; NaN for fewer than two pairs and where a side is constant, which goes with nothing. */
  get correlation(): number {
    if (this.#count < 2 || this.#squaresX === 0 || this.#squaresY === 0) return Number.NaN;
    return Math.min(1, Math.max(-1, this.#products / Math.sqrt(this.#squaresX) / Math.sqrt(this.#squaresY)));
  }

  /** Counts a pair in. Throws SKETCH_VALUE_INVALID, changing nothing, for NaN and infinities. */
  add(x: number, y: number): void {
    if (typeof x !== 'number' || typeof y !== 'number' || x - x !== 0 || y - y !== 0)
      throw valueInvalid(`a pair takes two finite numbers, got ${String(x)} and ${String(y)}`);
    this.#count = sumOfCounts(this.#count, 1);
    if (this.#count === 1) {
      this.#meanX = x + 0;
      this.#meanY = y + 0;
      return;
    }
    const stepX = x - this.#meanX;
    const stepY = y - this.#meanY;
    this.#meanX = weighted(this.#meanX, x, 1 / this.#count);
    this.#meanY = weighted(this.#meanY, y, 1 / this.#count);
    const leftY = y - this.#meanY;
    this.#squaresX = bounded(this.#squaresX + stepX * (x - this.#meanX));
    this.#squaresY = bounded(this.#squaresY + stepY * leftY);
    this.#products = bounded(this.#products + known(stepX * leftY));
  }

  /** Counts in everything `other` has. Throws SKETCH_VALUE_INVALID when the counts exceed 2^53 - 1. */
  merge(other: PairMoments): void {
    if (other.#count === 0) return;
    const before = this.#count;
    const count = sumOfCounts(before, other.#count);
    if (before === 0) {
      this.#copy(other);
      return;
    }
    const share = other.#count / count;
    const [stepX, stepY] = [other.#meanX - this.#meanX, other.#meanY - this.#meanY];
    this.#squaresX = bounded(this.#squaresX + other.#squaresX + stepX * stepX * share * before);
    this.#squaresY = bounded(this.#squaresY + other.#squaresY + stepY * stepY * share * before);
    this.#products = bounded(this.#products + other.#products + known(stepX * stepY * share * before));
    this.#meanX = weighted(this.#meanX, other.#meanX, share);
    this.#meanY = weighted(this.#meanY, other.#meanY, share);
    this.#count = count;
  }

  /** An independent copy. */
  clone(): PairMoments {
    const twin = new PairMoments();
    twin.#copy(this);
    return twin;
  }

  /** Byte form, version 1: u8 version, u64 count, f64 both means, both sums of squares, sum of products, little-endian. */
  toBytes(): Uint8Array {
    out.restart();
    out.u8(VERSION);
    out.count(this.#count);
    for (const value of [this.#meanX, this.#meanY, this.#squaresX, this.#squaresY, this.#products]) out.f64(value);
    return new Uint8Array(out.bytes);
  }

  /** What `toBytes` was called on. Throws SKETCH_BYTES_INVALID for anything else. */
  static fromBytes(bytes: Uint8Array): PairMoments {
    const reader = new ByteReader(bytes, 'pair moments');
    const version = reader.u8();
    if (version !== VERSION) throw reader.invalid(`unknown version ${version}`);
    const count = reader.count();
    const [meanX, meanY] = [reader.f64(), reader.f64()];
    const [squaresX, squaresY, products] = [reader.f64(), reader.f64(), reader.f64()];
    reader.end();
    if (count === 0 && (meanX !== 0 || meanY !== 0)) throw reader.invalid('empty, yet with means');
    if (squaresX < 0 || squaresY < 0) throw reader.invalid('impossible sum of squares');
    // No more can be asked of the products: they are rounded apart from the squares, and may be above what these allow.
    if (count < 2 && (squaresX > 0 || squaresY > 0 || products !== 0))
      throw reader.invalid(`a spread of ${count} pairs`);
    const pairs = new PairMoments();
    pairs.#count = count;
    pairs.#meanX = meanX;
    pairs.#meanY = meanY;
    pairs.#squaresX = squaresX;
    pairs.#squaresY = squaresY;
    pairs.#products = products;
    return pairs;
  }

  #copy(other: PairMoments): void {
    this.#count = other.#count;
    this.#meanX = other.#meanX;
    this.#meanY = other.#meanY;
    this.#squaresX = other.#squaresX;
    this.#squaresY = other.#squaresY;
    this.#products = other.#products;
  }
}

/** A product of steps of which one is infinite and the other 0 says nothing. */
function known(product: number): number {
  return Number.isNaN(product) ? 0 : product;
}
