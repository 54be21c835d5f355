import { KERNEL_WASM } from './gen/kernel-wasm.ts';
import { plainKernel } from './plain-kernel.ts';
import { CHUNK, MAX_CENTROIDS } from './size-rule.ts';

/**
 * What does the work of all digests: a scratch memory to put things into, and calls that leave their result in it. No call
 * waits for anything, so one kernel for the process is enough.
 */
export type Kernel = {
  /** CHUNK values, finite and not -0. */
  readonly pending: Float64Array;
  /** MAX_CENTROIDS pairs, see CentroidList. */
  readonly kept: Float64Array;
  /** CHUNK pairs and one. */
  readonly incoming: Float64Array;
  /** MAX_CENTROIDS pairs of a list that is looked at: read from bytes, or to be written or asked. */
  readonly passing: Float64Array;
  /** Smallest, largest, mean and sum of squares around it, of the last `momentsOfPending`. */
  readonly moments: Float64Array;
  /** One word: what the sort remembers of the digest at work, 0 at first. */
  readonly sortMemory: Int32Array;
  /** The moments of `n` pending values; false, and no moments, where one is not finite or they go beyond the doubles. */
  momentsOfPending(n: number): boolean | number;
  /**
   * Merges `n` pending values into the `kept` first centroids and returns how many there are then. `total` is the weight
   * of both, `middle` and `tail` are the size rule, and up to `most` different values are kept exactly.
   */
  compress(n: number, kept: number, total: number, middle: number, tail: number, most: number): number;
  /** The same with the `incoming` first centroids, of weight `weight`, instead of pending values. */
  merge(
    kept: number,
    incoming: number,
    total: number,
    weight: number,
    middle: number,
    tail: number,
    most: number,
  ): number;
  /** What is done with whole digests; null where JavaScript does it. */
  readonly digests: DigestKernel | null;
};

/**
 * What reads and writes the byte forms of digests, and finds quantiles. A `list` is the address (`byteOffset`) of `kept`,
 * `incoming` or `passing`.
 */
export type DigestKernel = {
  /** Room for a byte form to read; no valid one is longer. */
  readonly bytes: Uint8Array;
  /** The byte form that was written last. */
  readonly written: Uint8Array;
  /** Of the digest read last: its weight, and `middle` and `tail` where its size rule is its own. */
  readonly told: Float64Array;
  /** Shares that are asked at once, and their quantiles. */
  readonly shares: Float64Array;
  /** Reads the `length` first of `bytes` into a list; how many centroids there are, or -1 unless all is as it must be. */
  readDigest(length: number, list: number): number;
  /** Writes the first `n` of a list to `written`; how many bytes they are. */
  writeDigest(list: number, n: number, total: number, ruleCode: number, middle: number, tail: number): number;
  /** Makes quantiles of the `count` first `shares`, by the curve through the first `n` (at least 1) of a list. */
  quantiles(list: number, n: number, total: number, count: number): void;
};

/** The little of the WebAssembly interface that is needed; its types come with those of browsers only. */
type WebAssemblyHost = {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object) => { exports: KernelExports };
};

type KernelExports = Pick<Kernel, 'compress' | 'merge' | 'momentsOfPending'> &
  Pick<DigestKernel, 'readDigest' | 'writeDigest' | 'quantiles'> & {
    readonly memory: { readonly buffer: ArrayBuffer };
  } & {
    readonly [name in
      | 'PENDING'
      | 'KEPT'
      | 'INCOMING'
      | 'PASSING'
      | 'MOMENTS'
      | 'BYTES'
      | 'WRITTEN'
      | 'MOST_BYTES'
      | 'TOLD'
      | 'SHARES'
      | 'MOST_SHARES']: { readonly value: number };
  };

/** The kernel in WebAssembly, or null where the host has none or does not allow it. */
export function wasmKernel(): Kernel | null {
  const { WebAssembly } = globalThis as { WebAssembly?: WebAssemblyHost };
  if (WebAssembly === undefined) return null;
  try {
    const bytes = Uint8Array.from(atob(KERNEL_WASM), (character) => character.charCodeAt(0));
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
    const { buffer } = exports.memory;
    return {
      pending: new Float64Array(buffer, exports.PENDING.value, CHUNK),
      kept: new Float64Array(buffer, exports.KEPT.value, 2 * MAX_CENTROIDS),
      incoming: new Float64Array(buffer, exports.INCOMING.value, 2 * (CHUNK + 1)),
      passing: new Float64Array(buffer, exports.PASSING.value, 2 * MAX_CENTROIDS),
      moments: new Float64Array(buffer, exports.MOMENTS.value, 4),
      sortMemory: new Int32Array(buffer, 0, 1),
      momentsOfPending: exports.momentsOfPending,
      compress: exports.compress,
      merge: exports.merge,
      digests: {
        bytes: new Uint8Array(buffer, exports.BYTES.value, exports.MOST_BYTES.value),
        written: new Uint8Array(buffer, exports.WRITTEN.value, exports.MOST_BYTES.value),
        told: new Float64Array(buffer, exports.TOLD.value, 3),
        shares: new Float64Array(buffer, exports.SHARES.value, exports.MOST_SHARES.value),
        readDigest: exports.readDigest,
        writeDigest: exports.writeDigest,
        quantiles: exports.quantiles,
      },
    };
  } catch {
    // A policy against generated code, or a machine without the vector instructions: slower, but the same.
    return null;
  }
}

/** The kernel of this process. */
export const kernel: Kernel = wasmKernel() ?? plainKernel();
