import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { KERNEL_WASM } from '../../sketch/src/gen/kernel-wasm.ts';
import { type Kernel, wasmKernel } from '../../sketch/src/kernel.ts';
import { plainKernel } from '../../sketch/src/plain-kernel.ts';
import * as sizeRule from '../../sketch/src/size-rule.ts';
import { type AnyList, anyList } from './any-list.ts';
import { HOSTILE_STREAMS, STREAMS, seeded, take } from './datasets.ts';

const finite = fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x + 0);
const ALL_STREAMS = { ...STREAMS, ...HOSTILE_STREAMS };
const { CHUNK } = sizeRule;
const MANY = 512;

function fast(): Kernel {
  const kernel = wasmKernel();
  assert.ok(kernel, 'this Node runs WebAssembly');
  return kernel;
}

/** Lets both kernels take in the same chunks; every list on the way must be the same to the last bit. */
function assertAlike(chunks: readonly Float64Array[], middle: number, tail: number, most: number): void {
  const [one, other] = [fast(), plainKernel()];
  let length = 0;
  let total = 0;
  for (const chunk of chunks) {
    one.pending.set(chunk);
    other.pending.set(chunk);
    total += chunk.length;
    const expected = other.compress(chunk.length, length, total, middle, tail, most);
    length = one.compress(chunk.length, length, total, middle, tail, most);
    assert.equal(length, expected);
    assert.deepEqual(one.kept.subarray(0, 2 * length), other.kept.subarray(0, 2 * length));
  }
}

/** A list of some of the same means, each of them an atom or not as it was. */
function thinned({ list }: AnyList, random: () => number): AnyList {
  const pairs: number[] = [];
  let total = 0;
  for (let i = 0; i < list.length; i++) {
    const isEnd = i === 0 || i === list.length - 1;
    if (!isEnd && random() < 0.5) continue;
    pairs.push(list.pairs[2 * i]!, list.pairs[2 * i + 1]!);
    total += Math.abs(list.pairs[2 * i + 1]!);
  }
  return { list: { pairs: Float64Array.from(pairs), length: pairs.length / 2 }, total };
}

/** The distinct values of a chunk in the order the kernel puts them. */
function sortedBy(kernel: Kernel, values: Float64Array): number[] {
  kernel.pending.set(values);
  const length = kernel.compress(values.length, 0, values.length, 0.002, 0.02, MANY);
  return Array.from({ length }, (_, i) => kernel.kept[2 * i]!);
}

describe('the kernel', () => {
  for (const [name, stream] of Object.entries(ALL_STREAMS)) {
    it(`gives the same in WebAssembly and in JavaScript on ${name}`, () => {
      for (const [middle, tail] of [
        [0.01, 0.2],
        [0.005, 0.1],
        [0.3, 1],
      ] as const) {
        const sizes = [CHUNK, 300, CHUNK, 17, CHUNK, 1000, 1, CHUNK, CHUNK, 47];
        const chunks = sizes.map((n, i) => take(stream, n, i + 1));
        assertAlike(chunks, middle, tail, Math.min(MANY, Math.floor(2 / middle)));
      }
    });
  }

  it('tells the same moments of any numbers, or neither does', () => {
    const values = fc.array(
      fc.oneof({ weight: 20, arbitrary: finite }, fc.constantFrom(NaN, Infinity, 1e308, -1e308)),
      {
        minLength: 1,
        maxLength: 60,
      },
    );
    const [one, other] = [fast(), plainKernel()];
    fc.assert(
      fc.property(values, (list) => {
        one.pending.set(list);
        other.pending.set(list);
        const told = other.momentsOfPending(list.length);
        assert.equal(Boolean(one.momentsOfPending(list.length)), told);
        if (told) assert.deepEqual(one.moments, other.moments);
        else
          assert.ok(
            list.some((x) => Math.abs(x) > 1e300 || Number.isNaN(x)),
            'small numbers have moments',
          );
      }),
      { numRuns: 2_000 },
    );
    for (const [, stream] of Object.entries(ALL_STREAMS)) {
      const chunk = take(stream, CHUNK, 3);
      one.pending.set(chunk);
      other.pending.set(chunk);
      assert.equal(Boolean(one.momentsOfPending(CHUNK)), other.momentsOfPending(CHUNK));
      assert.deepEqual(one.moments, other.moments);
    }
  });

  it('gives the same for any finite numbers', () => {
    const chunk = fc.array(finite, { minLength: 1, maxLength: 400 }).map((list) => Float64Array.from(list));
    fc.assert(
      fc.property(fc.array(chunk, { minLength: 1, maxLength: 4 }), fc.integer({ min: 1, max: 100 }), (chunks, most) => {
        assertAlike(chunks, 0.1, 0.4, most);
      }),
    );
  });

  it('merges any two lists alike, also those with means in common', () => {
    const random = seeded(17);
    const [one, other] = [fast(), plainKernel()];
    for (let i = 0; i < 3_000; i++) {
      const kept = anyList(random);
      // Now and then the same list, or one that shares some of its means.
      const incoming = i % 4 === 0 ? kept : i % 4 === 1 ? thinned(kept, random) : anyList(random);
      const total = kept.total + incoming.total;
      const [middle, tail, most] = [[0.01, 0.2, 200] as const, [0.005, 0.1, 400] as const, [0.3, 1, 6] as const][
        i % 3
      ]!;
      for (const kernel of [one, other]) {
        kernel.kept.set(kept.list.pairs);
        kernel.incoming.set(incoming.list.pairs);
      }
      const lengths = [one, other].map((kernel) =>
        kernel.merge(kept.list.length, incoming.list.length, total, incoming.total, middle, tail, most),
      );
      assert.equal(lengths[0], lengths[1]);
      assert.deepEqual(one.kept.subarray(0, 2 * lengths[0]!), other.kept.subarray(0, 2 * lengths[0]!));
    }
  });

  it('goes by the same constants', async () => {
    const { WebAssembly } = globalThis as unknown as {
      WebAssembly: {
        instantiate(bytes: Uint8Array): Promise<{ instance: { exports: Record<string, { value: number }> } }>;
      };
    };
    const { exports } = (await WebAssembly.instantiate(Buffer.from(KERNEL_WASM, 'base64'))).instance;
    const ours = new Map<string, unknown>(Object.entries(sizeRule));
    const shared = Object.entries(exports).filter(([name]) => ours.has(name));
    assert.equal(shared.length, 11);
    for (const [name, { value }] of shared) assert.equal(value, ours.get(name), name);
  });

  it('sorts what is hard to sort', () => {
    const random = seeded(7);
    const orders: Record<string, Float64Array> = {
      'organ pipe': Float64Array.from({ length: 400 }, (_, i) => Math.min(i, 400 - i)),
      sawtooth: Float64Array.from({ length: 400 }, (_, i) => (i * 7) % 31),
      'a range that overflows': Float64Array.from({ length: 400 }, (_, i) => (i % 2 ? 1e308 : -1e308) + i * 1e300),
      denormals: Float64Array.from({ length: 400 }, (_, i) => ((i * 37) % 400) * 5e-324),
      'one far value beside a narrow cluster': Float64Array.from({ length: 400 }, (_, i) =>
        i ? 1 + random() / 1e12 : 1e300,
      ),
      'neighbouring doubles': Float64Array.from({ length: 400 }, (_, i) => 1 + ((i * 71) % 400) * 2 ** -52),
      'both signs of the same': Float64Array.from({ length: 400 }, (_, i) => (i % 2 ? 1 : -1) * 2 ** ((i % 40) - 20)),
    };
    for (const [name, values] of Object.entries(orders)) {
      const expected = [...new Set(values)].sort((a, b) => a - b);
      // Whatever the sort remembers: by size first, by pattern first, by more bits, by all.
      for (const memory of [0, 5, 40, 70]) {
        const kernel = fast();
        kernel.sortMemory[0] = memory;
        assert.deepEqual(sortedBy(kernel, values), expected, name);
      }
    }
  });

  it('remembers for some chunks which sort failed, then tries it again', () => {
    const easy = take(STREAMS.normal!, CHUNK);
    const kernel = fast();
    for (const [name, expected] of [
      ['600 decades', 32],
      ['cluster and outliers', 64],
    ] as const) {
      kernel.pending.set(take(HOSTILE_STREAMS[name]!, CHUNK));
      kernel.compress(CHUNK, 0, CHUNK, 0.01, 0.2, 200);
      assert.equal(kernel.sortMemory[0], expected);
      for (let i = 0; i < 32; i++) {
        kernel.pending.set(easy);
        kernel.compress(CHUNK, 0, CHUNK, 0.01, 0.2, 200);
      }
      assert.equal(kernel.sortMemory[0], 0);
    }
  });

  it('is the one in JavaScript where the host has no WebAssembly or forbids it', () => {
    const { WebAssembly } = globalThis as unknown as { WebAssembly: { Module: unknown } };
    const { Module } = WebAssembly;
    try {
      Reflect.deleteProperty(globalThis, 'WebAssembly');
      assert.equal(wasmKernel(), null);
      Object.assign(globalThis, { WebAssembly });
      WebAssembly.Module = class {
        constructor() {
          throw new Error('forbidden by policy');
        }
      };
      assert.equal(wasmKernel(), null);
    } finally {
      Object.assign(globalThis, { WebAssembly });
      WebAssembly.Module = Module;
    }
    assert.ok(wasmKernel());
  });
});
