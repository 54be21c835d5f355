import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Digest, Projections, SketchError } from '@tidemark/sketch';
import { normal, seeded } from './datasets.ts';

const HEADER_BYTES = 18;

function cloud(n: number, size: number, directions: number, seed = 4): Projections {
  const random = seeded(seed);
  const projections = new Projections({ directions, seed });
  for (let i = 0; i < n; i++) projections.add(Float64Array.from({ length: size }, () => normal(random)));
  return projections;
}

function assertRefused(bytes: Uint8Array, why?: RegExp): void {
  assert.throws(
    () => Projections.fromBytes(bytes),
    (error) =>
      error instanceof SketchError && error.code === 'SKETCH_BYTES_INVALID' && (why?.test(error.message) ?? true),
  );
}

/** A byte form put together by hand. */
function formOf(header: { k?: number; seed?: number; size?: number; count?: number }, digests: readonly Digest[]) {
  const { k = digests.length - 2, seed = 1, size = 2, count = 1 } = header;
  const head = Buffer.alloc(HEADER_BYTES);
  head.writeUInt8(1, 0);
  head.writeUInt8(k, 1);
  head.writeUInt32LE(seed, 2);
  head.writeUInt32LE(size, 6);
  head.writeBigUInt64LE(BigInt(count), 10);
  const forms = digests.map((digest) => {
    const bytes = digest.toBytes();
    const length = Buffer.alloc(2);
    length.writeUInt16LE(bytes.length);
    return Buffer.concat([length, bytes]);
  });
  return new Uint8Array(Buffer.concat([head, ...forms]));
}

function digestOf(values: readonly number[]): Digest {
  const digest = new Digest();
  digest.addAll(values);
  return digest;
}

/** Written by version 1; every later version has to read it: [3, 4], [-1, 0.5] and [0, 0] on two directions of seed 7. */
const GOLDEN =
  '0102070000000200000003000000000000003800011003000300000000000000000000000000000000000000000014400700a80000f4' +
  '00009700009b0000770000e30000f114003f400101013600011405000600000000000000000000000000f0bf00000000000010401f00' +
  '0000000000000000008000004080bf003f40400102010101380001100300030000000000000000000090d4d813c000000020c364d53f' +
  '07000000000000000000900020d400c3d800641300d5c0003f0101013800011003000300000000000000000000000000000000008038' +
  '3a360f400700000000000000008000ea3800433a00053600e10f003f40010101';

describe('the bytes of Projections', () => {
  it('say all there is, and are the same after a way through them', () => {
    for (const projections of [
      new Projections(),
      new Projections({ size: 5, seed: 2 ** 32 - 1, directions: 64 }),
      cloud(1, 1, 1),
      cloud(3, 768, 16),
      cloud(3000, 40, 5),
    ]) {
      const bytes = projections.toBytes();
      const again = Projections.fromBytes(bytes);
      assert.deepEqual(again.toBytes(), bytes);
      const told = ({ count, size, seed, directions }: Projections) => [count, size, seed, directions];
      assert.deepEqual(told(again), told(projections));
      // Means inside of a digest may be rounded on the way, by less than any rank shows.
      for (const q of [0.1, 0.5]) {
        const [before, after] = [projections.direction(0).quantile(q), again.direction(0).quantile(q)];
        assert.ok(projections.count === 0 || Math.abs(after - before) < 1e-5, `${before} became ${after}`);
      }
    }
  });

  it('can be added to as if they had never been bytes', () => {
    const [kept, sent] = [cloud(500, 10, 3), Projections.fromBytes(cloud(500, 10, 3).toBytes())];
    for (const projections of [kept, sent]) for (let i = 0; i < 50; i++) projections.add(new Float32Array(10).fill(i));
    assert.deepEqual(
      [sent.count, sent.norm.max, sent.direction(2).max],
      [kept.count, kept.norm.max, kept.direction(2).max],
    );
  });

  it('hold about 1 KiB a digest, and of each digest what the limits of the wire allow', () => {
    assert.ok(cloud(4000, 64, 16).toBytes().length < 18 * 2048);
    assert.ok(cloud(4000, 64, 64).toBytes().length < 66 * 2048);
  });

  const unit = () => [digestOf([1]), digestOf([0, 1]), digestOf([0.5]), digestOf([-1])];
  it('are refused where they contradict themselves', () => {
    Projections.fromBytes(formOf({}, unit()));
    const [norm, values, first, second] = unit() as [Digest, Digest, Digest, Digest];
    const own = new Digest({ sizeRule: { middle: 0.1, tail: 0.5 } });
    own.add(0.5);
    const spoilt: readonly [Uint8Array, RegExp][] = [
      [formOf({ count: 2 }, unit()), /norms/],
      [formOf({ size: 3 }, unit()), /pooled/],
      [formOf({ size: 0 }, unit()), /no size/],
      [formOf({ size: 2 ** 22 }, unit()), /components/],
      [formOf({ k: 0 }, unit()), /0 directions/],
      [formOf({ k: 65 }, unit()), /65 directions/],
      [formOf({ k: 1 }, unit()), /bytes too many/],
      [formOf({ k: 3 }, unit()), /ends too soon/],
      [formOf({}, [norm, digestOf([0, 1, 1]), first, second]), /pooled/],
      [formOf({}, [norm, values, digestOf([0.5, 0.5]), second]), /dot products/],
      [formOf({}, [norm, values, first, digestOf([])]), /dot products/],
      [formOf({}, [digestOf([-1]), digestOf([0, 0]), digestOf([0]), digestOf([0])]), /below 0/],
      [formOf({}, [norm, values, digestOf([1.5]), second]), /largest norm/],
      [formOf({}, [norm, digestOf([-2, 0]), first, second]), /largest norm/],
      [formOf({}, [norm, values, first, own]), /size rules/],
    ];
    for (const [bytes, why] of spoilt) assertRefused(bytes, why);
  });

  it('are refused of another version, cut short or with more behind them', () => {
    const bytes = cloud(20, 8, 3).toBytes();
    for (let length = 0; length < bytes.length; length++) assertRefused(bytes.subarray(0, length));
    assertRefused(Uint8Array.of(...bytes, 0), /bytes too many/);
    assertRefused(Uint8Array.of(2, ...bytes.subarray(1)), /version 2/);
    assertRefused([1, 2, 3] as unknown as Uint8Array, /not a Uint8Array/);
  });

  it('of 40 000 mutations are refused by name or are valid projections', () => {
    const random = seeded(99);
    const bases = [cloud(20, 8, 2).toBytes(), cloud(600, 3, 1).toBytes(), new Projections({ directions: 3 }).toBytes()];
    const seen = { taken: 0, refused: 0 };
    for (let i = 0; i < 40_000; i++) {
      const mutated = mutate(bases[i % bases.length] as Uint8Array, random);
      let projections: Projections;
      try {
        projections = Projections.fromBytes(mutated);
      } catch (error) {
        assert.ok(error instanceof SketchError && error.code === 'SKETCH_BYTES_INVALID', String(error));
        seen.refused++;
        continue;
      }
      seen.taken++;
      const { count, norm } = projections;
      assert.ok(count === 0 || norm.quantile(0.5) >= 0);
      assert.equal(Projections.fromBytes(projections.toBytes()).count, count);
      if (count < 2 ** 40) {
        projections.merge(projections.clone());
        assert.equal(projections.count, 2 * count);
      }
    }
    assert.ok(seen.taken > 100 && seen.refused > 10_000, JSON.stringify(seen));
  });

  it('of version 1 are read for ever', () => {
    const bytes = Uint8Array.from(Buffer.from(GOLDEN, 'hex'));
    const projections = Projections.fromBytes(bytes);
    assert.deepEqual([projections.count, projections.size, projections.seed, projections.directions], [3, 2, 7, 2]);
    assert.deepEqual(projections.norm.quantiles([0, 0.5, 1]), [0, Math.hypot(1, 0.5), 5]);
    assert.deepEqual(
      [projections.direction(0).min, projections.direction(1).max],
      [-4.961748361587524, 3.901478234678507],
    );
  });
});

function mutate(bytes: Uint8Array, random: () => number): Uint8Array {
  const at = Math.floor(random() ** 2 * bytes.length);
  const choice = random();
  if (choice < 0.7) {
    const copy = bytes.slice();
    copy[at] = (copy[at] as number) ^ (1 << Math.floor(random() * 8));
    if (random() < 0.3) copy[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
    return copy;
  }
  if (choice < 0.8) return bytes.subarray(0, at);
  const noise = Array.from({ length: 1 + Math.floor(random() * 4) }, () => Math.floor(random() * 256));
  if (choice < 0.9) return Uint8Array.from([...bytes.subarray(0, at), ...noise, ...bytes.subarray(at)]);
  return Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + noise.length)]);
}
