import { endianness } from 'node:os';

const LOW = endianness() === 'LE' ? 0 : 1;
const TWO_32 = 2 ** 32;

/**
 * Reads 64-bit integers by their halves, which is several times cheaper than by BigInt. An integer that a double cannot
 * hold exactly is still answered as a BigInt, since as a category every digit counts.
 */
export function integerReader(data: BigInt64Array | BigUint64Array): (index: number) => number | bigint {
  const words = new Uint32Array(data.buffer, data.byteOffset, data.length * 2);
  const high = data instanceof BigInt64Array ? new Int32Array(data.buffer, data.byteOffset, data.length * 2) : words;
  return (index) => {
    const value = (high[index * 2 + 1 - LOW] as number) * TWO_32 + (words[index * 2 + LOW] as number);
    return Number.isSafeInteger(value) ? value : (data[index] as bigint);
  };
}
