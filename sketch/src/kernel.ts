import { KERNEL_WASM } from './gen/kernel-wasm.ts';
import { plainKernel } from './plain-kernel.ts';
import { CHUNK, MAX_CENTROIDS } from './size-rule.ts';

/**
 * What does the work of all digests: a scratch memory to put things into, and two calls that leave their result in
 * `kept`. No call waits for anything, so one kernel for the process is enough.
 */
export type Kernel = {
  /** CHUNK values, finite and not -0. */
  readonly pending: Float64Array;
  /** MAX_CENTROIDS pairs, see CentroidList. */
  readonly kept: Float64Array;
  /** CHUNK pairs and one. */
  readonly incoming: Float64Array;
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
};

/** The little of the WebAssembly interface that is needed; its types come with those of browsers only. */
type WebAssemblyHost = {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object) => { exports: KernelExports };
};

type Address = { readonly value: number };

type KernelExports = Pick<Kernel, 'compress' | 'merge' | 'momentsOfPending'> & {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly PENDING: Address;
  readonly KEPT: Address;
  readonly INCOMING: Address;
  readonly MOMENTS: Address;
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
      moments: new Float64Array(buffer, exports.MOMENTS.value, 4),
      sortMemory: new Int32Array(buffer, 0, 1),
      momentsOfPending: exports.momentsOfPending,
      compress: exports.compress,
      merge: exports.merge,
    };
  } catch {
    // A policy against generated code, or a machine without the vector instructions: slower, but the same.
    return null;
  }
}

/** The kernel of this process. */
export const kernel: Kernel = wasmKernel() ?? plainKernel();
