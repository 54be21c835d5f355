import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BASELINE_SIZE_RULE, Digest, SketchError } from '@tidemark/sketch';
import { HOSTILE_STREAMS, STREAMS, seeded, take } from './datasets.ts';
import { digestOf, VERSION_1, VERSION_2 } from './golden-digests.ts';

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

describe('the byte form of a digest', () => {
  for (const [name, golden] of Object.entries(VERSION_1)) {
    it(`of version 1 stays readable: ${name}`, () => {
      const read = Digest.fromBytes(Buffer.from(golden.hex, 'hex'));
      assert.equal(read.count, golden.count);
      assert.deepEqual(read.quantiles([0, 0.5, 1]), golden.quantiles);
      const again = Digest.fromBytes(read.toBytes());
      assert.deepEqual(again.centroids().weight, read.centroids().weight);
      assert.deepEqual(again.centroids().atom, read.centroids().atom);
    });
  }

  for (const [name, golden] of Object.entries(VERSION_2)) {
    it(`of version 2 stays what it is: ${name}`, () => {
      assert.equal(hex(golden.digest().toBytes()), golden.hex);
      assert.equal(hex(Digest.fromBytes(Buffer.from(golden.hex, 'hex')).toBytes()), golden.hex);
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

  it('is small: at most 900 bytes for a window of 1 000, 1 800 for a full digest, on average and on any common stream', () => {
    for (const [n, most] of [
      [1000, 900],
      [100_000, 1800],
    ] as const) {
      const sizes = Object.values(STREAMS).map((stream) => digestOf(take(stream, n)).toBytes().length);
      assert.ok(Math.max(...sizes) <= most, `${n}: ${sizes}`);
    }
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

  type Fault = [why: RegExp, change: (view: DataView) => void];
  const FAULTS: Record<string, { bytes: () => Uint8Array; faults: Fault[] }> = {
    'version 1, atoms': {
      bytes: () => Buffer.from(VERSION_1['whole numbers']!.hex, 'hex'),
      faults: [
        [/size rule/, (view) => view.setUint8(1, 3)],
        [/width/, (view) => view.setUint8(1, 4)],
        [/5000 centroids/, (view) => view.setUint16(2, 5000, true)],
        [/add up/, (view) => view.setUint32(4, 4, true)],
        [/2\^53/, (view) => view.setUint32(8, 2 ** 31, true)],
        [/NaN/, (view) => view.setFloat64(12, Number.NaN, true)],
        [/-0/, (view) => view.setFloat64(20, -0, true)],
        [/minimum/, (view) => view.setFloat64(12, 0.5, true)],
        [/ends too soon/, (view) => view.setUint8(28, 0b101)],
        [/beyond/, (view) => view.setUint8(28, 0b11111)],
        [/without weight/, (view) => view.setUint8(view.byteLength - 1, 0)],
      ],
    },
    'version 2, atoms': {
      bytes: () => digestOf([1, 2, 300]).toBytes(),
      faults: [
        [/version 3.*newer/, (view) => view.setUint8(0, 3)],
        [/size rule/, (view) => view.setUint8(1, 3)],
        [/unknown flags/, (view) => view.setUint8(1, 8)],
        [/width/, (view) => view.setUint8(2, 0)],
        [/width/, (view) => view.setUint8(2, 0x11)],
        [/5000 centroids/, (view) => view.setUint16(3, 5000, true)],
        [/add up/, (view) => view.setUint32(5, 4, true)],
        [/2\^53/, (view) => view.setUint32(9, 2 ** 31, true)],
        [/beyond/, (view) => view.setUint8(13, 0b1111)],
        [/out of order/, (view) => view.setUint8(14 + 3 * 3, 0x41)],
        [/NaN/, (view) => view.setUint32(14 + 6, 0xffffffff)],
        [/without weight/, (view) => view.setUint8(view.byteLength - 1, 0)],
      ],
    },
    'version 2, plain': {
      // 13 bytes of header, 16 of the rule, 4 of bits, 6 atoms of 8 bytes, exponent, escapes, 24 codes of 2 bytes.
      bytes: () => Buffer.from(VERSION_2['folded, with a mean in full, under a rule of its own']!.hex, 'hex'),
      faults: [
        [/out of range/, (view) => view.setFloat64(13, 0.9, true)],
        [/exponent/, (view) => view.setInt16(81, -2000, true)],
        [/miscounted/, (view) => view.setUint16(83, 2, true)],
        [/unknown code/, (view) => view.setUint8(85 + 24, 0xfe)],
        [/miscounted/, (view) => view.setUint16(83, 3, true)],
        [/no atom/, (view) => view.setUint8(view.byteLength - 1, 1)],
        [/too (soon|many)|miscounted|unknown|exponent/, (view) => view.setUint8(30, 0xff)],
      ],
    },
  };
  for (const [name, { bytes, faults }] of Object.entries(FAULTS)) {
    for (const [why, change] of faults) {
      it(`is refused with the fault named, ${name}: ${why.source}`, () => {
        const spoilt = Uint8Array.from(bytes());
        change(new DataView(spoilt.buffer));
        assertRefused(spoilt, why);
      });
    }
  }

  it('refuses weights that add up to more than 2^53 - 1', () => {
    const digest = new Digest();
    digest.add(1, 2 ** 52);
    digest.add(2, 2 ** 51);
    const bytes = digest.toBytes();
    bytes.fill(0xff, bytes.length - 2);
    assertRefused(bytes);
  });

  it('gives an error or a digest that keeps its laws for any of a million mutations', () => {
    const random = seeded(99);
    const originals = [
      ...Object.values(VERSION_1).map((golden) => Buffer.from(golden.hex, 'hex')),
      ...[
        digestOf([]),
        digestOf([5]),
        digestOf([1, 2, 3, 300]),
        digestOf(take(STREAMS.normal!, 600)),
        digestOf(take(STREAMS.float32!, 1500)),
        digestOf(take(HOSTILE_STREAMS['600 decades']!, 600)),
        VERSION_2['folded, with a mean in full, under a rule of its own']!.digest(),
      ].map((digest) => digest.toBytes()),
    ];
    let read = 0;
    for (let i = 0; i < 1_000_000; i++) {
      const bytes = Uint8Array.from(originals[i % originals.length]!);
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
        if (error instanceof SketchError && error.code === 'SKETCH_BYTES_INVALID') continue;
        throw error;
      }
      // All laws of the first ones, then of some: they cost a hundred times as much as the reading.
      if (read++ < 2000 || read % 50 === 0) assertUsable(digest);
    }
    assert.ok(read > 50_000, `${read} mutants were read`);
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
