import { endianness } from 'node:os';
import { types } from 'node:util';

const LOW = endianness() === 'LE' ? 0 : 1;
const TWO_32 = 2 ** 32;

/** 64-bit integers read by their halves, which is several times cheaper than by BigInt. */
export class IntegerReader {
  readonly #data: BigInt64Array | BigUint64Array;
  readonly #low: Uint32Array;
  readonly #high: Int32Array | Uint32Array;

  constructor(data: BigInt64Array | BigUint64Array) {
    this.#data = data;
    this.#low = new Uint32Array(data.buffer, data.byteOffset, data.length * 2);
    this.#high = types.isBigInt64Array(data)
      ? new Int32Array(data.buffer, data.byteOffset, data.length * 2)
      : this.#low;
  }

  /** The double nearest to element `index`. */
  near(index: number): number {
    // Both terms are exact, so the sum is rounded once, as Number(bigint) is.
    return (this.#high[index * 2 + 1 - LOW] as number) * TWO_32 + (this.#low[index * 2 + LOW] as number);
  }

  /** Element `index`: as a BigInt where a double cannot hold it, since as a category every digit counts. */
  exact(index: number): number | bigint {
    const value = this.near(index);
    return Number.isSafeInteger(value) ? value : (this.#data[index] as bigint);
  }

  /** Fills `into` with the doubles nearest to elements `first`, `first + stride`, ... */
  copy(first: number, stride: number, count: number, into: Float64Array): void {
    const low = this.#low;
    const high = this.#high;
    for (let i = 0, at = first * 2; i < count; i++, at += stride * 2) {
      into[i] = (high[at + 1 - LOW] as number) * TWO_32 + (low[at + LOW] as number);
    }
  }
}
