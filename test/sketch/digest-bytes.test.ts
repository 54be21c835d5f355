import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BASELINE_SIZE_RULE, Digest, SketchError } from '@tidemark/sketch';
import { HOSTILE_STREAMS, STREAMS, seeded, take } from './datasets.ts';

function digestOf(values: ArrayLike<number>): Digest {
  const digest = new Digest();
  digest.addAll(values);
  return digest;
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

function assertRefused(bytes: Uint8Array, why?: RegExp): void {
  assert.throws(
    () => Digest.fromBytes(bytes),
    (error) =>
      error instanceof SketchError && error.code === 'SKETCH_BYTES_INVALID' && (why?.test(error.message) ?? true),
  );
}

/** Written by version 1; every later version has to read them. */
const GOLDEN: Readonly<Record<string, { digest: () => Digest; hex: string; quantiles: readonly number[] }>> = {
  empty: {
    digest: () => new Digest(),
    hex: '01000000000000000000000000000000000000000000000000000000',
    quantiles: [NaN, NaN, NaN],
  },
  'whole numbers': {
    digest: () => digestOf([3, 1, 2, 2, 2, 300]),
    hex: '011404000600000000000000000000000000f03f0000000000c072400f0000000000000000800040963f40404301030101',
    quantiles: [1, 2, 300],
  },
  fractions: {
    digest: () => digestOf([0.1, -1e300, 0.3]),
    hex: '0110030003000000000000009c7500883ce437fe333333333333d33f079c9a337599330099338899333c9933e4993337b9d3fe3f3f010101',
    quantiles: [-1e300, 0.1, 0.3],
  },
  'folded, under a rule of its own': {
    digest: () => {
      const digest = new Digest({ sizeRule: { middle: 0.5, tail: 1 } });
      digest.addAll(Array.from({ length: 60 }, (_, i) => Math.sqrt(i)));
      digest.add(18.9, 20);
      return digest;
    },
    hex: '011a0b00500000000000000000000000000000006666666666e63240000000000000e03f000000000000f03f07040000cd6600003b6600007f660000666600009e660000a0e600f0f632003f3f40c69fb189b93a84a3a028a8060869fe396f90afc9e53f404040404040010101030605080b081014',
    quantiles: [0, 6.282254219055176, 18.9],
  },
};

describe('the byte form of a digest', () => {
  for (const [name, golden] of Object.entries(GOLDEN)) {
    it(`stays what it is: ${name}`, () => {
      assert.equal(hex(golden.digest().toBytes()), golden.hex);
      const read = Digest.fromBytes(Buffer.from(golden.hex, 'hex'));
      assert.deepEqual(read.quantiles([0, 0.5, 1]), golden.quantiles);
      assert.equal(hex(read.toBytes()), golden.hex);
    });
  }

  for (const [name, stream] of Object.entries({ ...STREAMS, ...HOSTILE_STREAMS })) {
    it(`keeps ${name}: counts and atoms exactly, the others in rank, and is stable`, () => {
      const digest = digestOf(take(stream, 30_000));
      const bytes = digest.toBytes();
      const read = Digest.fromBytes(bytes);
      assert.equal(hex(read.toBytes()), hex(bytes));
      assert.equal(read.count, digest.count);
      const before = digest.centroids();
      const after = read.centroids();
      assert.deepEqual(after.weight, before.weight);
      assert.deepEqual(after.atom, before.atom);
      before.atom.forEach((atom, i) => {
        if (atom === 1) assert.equal(after.mean[i], before.mean[i]);
      });
      for (let i = 0; i <= 100; i++) {
        const x = digest.quantile(i / 100);
        assert.ok(Math.abs(read.cdf(x) - digest.cdf(x)) < 2e-5);
      }
    });
  }

  it('is small: half of eight bytes a mean where float32 will do', () => {
    const small = digestOf(take(STREAMS.float32!, 100_000));
    assert.ok(small.toBytes().length < 28 + small.centroidCount * 6.3, `${small.toBytes().length}`);
    const wide = digestOf(take(STREAMS.normal!, 100_000));
    assert.ok(wide.toBytes().length < 28 + wide.centroidCount * 7.5, `${wide.toBytes().length}`);
  });

  it('carries the size rule', () => {
    for (const sizeRule of [BASELINE_SIZE_RULE, { middle: 0.02, tail: 0.3 }]) {
      assert.deepEqual(Digest.fromBytes(new Digest({ sizeRule }).toBytes()).sizeRule, sizeRule);
    }
  });

  it('is read from a view into a larger buffer', () => {
    const bytes = digestOf([1, 2, 3]).toBytes();
    const larger = new Uint8Array(bytes.length + 20);
    larger.set(bytes, 7);
    assert.equal(Digest.fromBytes(larger.subarray(7, 7 + bytes.length)).max, 3);
  });

  it('is refused when cut short or followed by anything', () => {
    const bytes = digestOf(take(STREAMS.normal!, 500)).toBytes();
    for (let length = 0; length < bytes.length; length++) assertRefused(bytes.subarray(0, length));
    assertRefused(Buffer.concat([bytes, Buffer.of(0)]), /too many/);
    assertRefused('bytes' as unknown as Uint8Array);
  });

  const FAULTS: [why: RegExp, change: (view: DataView) => void][] = [
    [/version/, (view) => view.setUint8(0, 2)],
    [/size rule/, (view) => view.setUint8(1, 3)],
    [/width/, (view) => view.setUint8(1, 4)],
    [/5000 centroids/, (view) => view.setUint16(2, 5000, true)],
    [/add up/, (view) => view.setUint32(4, 4, true)],
    [/2\^53/, (view) => view.setUint32(8, 2 ** 31, true)],
    [/NaN/, (view) => view.setFloat64(12, Number.NaN, true)],
    [/-0/, (view) => view.setFloat64(20, -0, true)],
    [/minimum/, (view) => view.setFloat64(12, 0.5, true)],
    [/ends too soon/, (view) => view.setUint8(28, 0b101)],
    [/beyond/, (view) => view.setUint8(28, 0b1111)],
    [/without weight/, (view) => view.setUint8(view.byteLength - 1, 0)],
    [
      /no atom/,
      (view) => {
        // Plain means as float32, so that the length still fits.
        view.setUint8(1, view.getUint8(1) | 8);
        view.setUint8(28, 0b110);
      },
    ],
  ];
  for (const [why, change] of FAULTS) {
    it(`is refused with the fault named: ${why.source}`, () => {
      const bytes = digestOf([1, 2, 300]).toBytes();
      change(new DataView(bytes.buffer));
      assertRefused(bytes, why);
    });
  }

  it('refuses weights that add up to more than 2^53 - 1', () => {
    const digest = new Digest();
    digest.add(1, 2 ** 52);
    digest.add(2, 2 ** 51);
    const bytes = digest.toBytes();
    bytes.fill(0xff, bytes.length - 2);
    assertRefused(bytes);
  });

  it('gives an error or a digest that keeps its laws for any mutation', () => {
    const random = seeded(99);
    const originals = [
      digestOf([]),
      digestOf([5]),
      digestOf([1, 2, 3, 300]),
      digestOf(take(STREAMS.normal!, 1500)),
      digestOf(take(STREAMS.float32!, 1500)),
      new Digest({ sizeRule: { middle: 0.1, tail: 0.5 } }),
    ].map((digest) => digest.toBytes());
    let read = 0;
    for (let i = 0; i < 24_000; i++) {
      const bytes = originals[i % originals.length]!.slice();
      const changes = 1 + Math.floor(random() * 4);
      // Half of the changes hit the header and what follows it.
      for (let c = 0; c < changes; c++) {
        const at = Math.floor(random() * (random() < 0.5 ? Math.min(40, bytes.length) : bytes.length));
        bytes[at] = random() < 0.5 ? Math.floor(random() * 256) : bytes[at]! ^ (1 << Math.floor(random() * 8));
      }
      const cut = random() < 0.05 ? bytes.subarray(0, Math.floor(random() * bytes.length)) : bytes;
      let digest: Digest;
      try {
        digest = Digest.fromBytes(cut);
      } catch (error) {
        assert.ok(error instanceof SketchError && error.code === 'SKETCH_BYTES_INVALID', String(error));
        continue;
      }
      read++;
      assertUsable(digest);
    }
    assert.ok(read > 100, `${read} mutants were read`);
  });
});

/** Quick laws for a digest that came from hostile bytes. */
function assertUsable(digest: Digest): void {
  if (digest.count === 0) {
    assert.ok(Number.isNaN(digest.quantile(0.5)));
    return;
  }
  let last = digest.min;
  for (const q of [0, 0.01, 0.25, 0.5, 0.75, 0.99, 1]) {
    const x = digest.quantile(q);
    assert.ok(x >= last && x <= digest.max);
    last = x;
  }
  assert.equal(digest.cdf(digest.max), 1);
  assert.equal(digest.cdfBelow(digest.min), 0);
  const count = digest.count;
  assert.equal(Digest.fromBytes(digest.toBytes()).count, count);
  try {
    digest.merge(digestOf([1, 2, 3]));
    assert.equal(digest.count, count + 3);
  } catch (error) {
    assert.ok(error instanceof SketchError && count > 2 ** 52);
  }
}
