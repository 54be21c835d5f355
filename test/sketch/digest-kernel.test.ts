import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { BASELINE_SIZE_RULE, Digest, MAX_CENTROIDS, type SizeRule, WINDOW_SIZE_RULE } from '@tidemark/sketch';
import { quantilesOfPassing, quantilesOnce } from '../../sketch/src/curve.ts';
import { encodeDigest, readAgain, readDigest } from '../../sketch/src/digest-bytes.ts';
import { type DigestState, faultOf } from '../../sketch/src/digest-state.ts';
import { type DigestKernel, kernel } from '../../sketch/src/kernel.ts';
import { plainEncodeDigest, plainReadDigest } from '../../sketch/src/plain-digest-bytes.ts';
import { type AnyList, anyList } from './any-list.ts';
import { HOSTILE_STREAMS, STREAMS, seeded, take } from './datasets.ts';
import { digestReport } from './digest-report.ts';
import { digestOf, VERSION_1, VERSION_2 } from './golden-digests.ts';

const RULES: readonly SizeRule[] = [WINDOW_SIZE_RULE, BASELINE_SIZE_RULE, { middle: 0.02, tail: 0.3 }];
const SHARES = [0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1];
const room = new Float64Array(2 * MAX_CENTROIDS);

function digests(): DigestKernel {
  assert.ok(kernel.digests, 'this Node runs WebAssembly');
  return kernel.digests;
}

/** The list of a digest. */
function listOf(digest: Digest): AnyList {
  const { mean, weight, atom } = digest.centroids();
  const pairs = Float64Array.from({ length: 2 * mean.length }, (_, i) => {
    const at = i >> 1;
    return i % 2 === 0 ? mean[at]! : atom[at] === 1 ? -weight[at]! : weight[at]!;
  });
  return { list: { pairs, length: mean.length }, total: digest.count };
}

function bits(pairs: Float64Array, length = pairs.length / 2): Uint8Array {
  return new Uint8Array(pairs.slice(0, 2 * length).buffer);
}

/** Writes, reads and asks a list by both; everything must be the same to the last bit. */
function assertAlike({ list, total }: AnyList, rule: SizeRule, shares: readonly number[]): void {
  assert.equal(list.length > 0 ? faultOf(list.pairs, list.length, total) : null, null, 'a list as it has to be');
  const bytes = Uint8Array.from(plainEncodeDigest(list, total, rule));
  assert.deepEqual(Uint8Array.from(encodeDigest(list, total, rule)), bytes);
  const expected = plainReadDigest(bytes, room);
  for (const into of [kernel.passing, kernel.kept, kernel.incoming]) {
    digests().bytes.set(bytes);
    assert.equal(digests().readDigest(bytes.length, into.byteOffset), list.length);
    assert.deepEqual(readDigest(bytes, into), expected);
    assert.deepEqual(bits(into, list.length), bits(room, list.length));
    into.fill(-1);
    assert.equal(readAgain(bytes, into), list.length);
    assert.deepEqual(bits(into, list.length), bits(room, list.length));
  }
  if (list.length === 0) return;
  for (const pairs of [room, list.pairs]) {
    kernel.passing.set(pairs);
    const answers = quantilesOnce({ pairs, length: list.length }, total, shares);
    assert.deepEqual(
      bits(Float64Array.from(quantilesOfPassing(list.length, total, shares))),
      bits(Float64Array.from(answers)),
    );
  }
}

/** What reading came to: all that it tells, or the message. */
function outcome(read: () => DigestState, into: Float64Array): [DigestState, Uint8Array] | string {
  try {
    const state = read();
    return [state, bits(into, state.length)];
  } catch (error) {
    return (error as Error).message;
  }
}

/** Reads by both: the same verdict, message and centroids. Returns whether the kernel took it. */
function assertSameVerdict(bytes: Uint8Array): boolean {
  const expected = outcome(() => plainReadDigest(bytes, room), room);
  assert.deepEqual(
    outcome(() => readDigest(bytes, kernel.passing), kernel.passing),
    expected,
  );
  if (bytes.length > digests().bytes.length) return false;
  digests().bytes.set(bytes);
  const taken = digests().readDigest(bytes.length, kernel.passing.byteOffset) >= 0;
  assert.equal(taken, typeof expected !== 'string' && bytes[0] === 2, 'what is sound of version 2, and nothing else');
  return taken;
}

describe('digests in the kernel', () => {
  for (const [name, stream] of Object.entries({ ...STREAMS, ...HOSTILE_STREAMS })) {
    it(`are written, read and asked as in JavaScript: ${name}`, () => {
      for (const sizeRule of RULES) {
        for (const n of [1, 2, 3, 40, 700, 1_000, 6_000, 30_000]) {
          const digest = new Digest({ sizeRule });
          digest.addAll(take(stream, n, n));
          assertAlike(listOf(digest), sizeRule, SHARES);
        }
      }
    });
  }

  it('are written, read and asked as in JavaScript whatever their centroids', () => {
    const random = seeded(11);
    let [most, coded] = [0, 0];
    for (let i = 0; i < 3_000; i++) {
      const any = anyList(random);
      const shares = Array.from({ length: 1 + (i % 20) }, () => random());
      // Also those that are reached at a centroid, exactly.
      let before = 0;
      for (let c = 0; c < Math.min(10, any.list.length); c++) {
        before += Math.abs(any.list.pairs[2 * c + 1]!);
        shares[c % shares.length] = before / any.total;
      }
      assertAlike(any, RULES[i % RULES.length]!, shares);
      most = Math.max(most, any.list.length);
      const plain = any.list.pairs.filter((weight, at) => at % 2 === 1 && weight > 0).length;
      if (plain > 0) coded++;
    }
    assert.equal(most, MAX_CENTROIDS);
    assert.ok(coded > 1_000, 'many with means in code');
  });

  it('have the longest byte form there can be', () => {
    // All but two of them plain, of 7 bytes of weight and means in full.
    const pairs = Float64Array.from({ length: 2 * MAX_CENTROIDS }, (_, i) => {
      const at = i >> 1;
      if (i % 2 === 0) return -1e308 + at * 1e292;
      return at === 0 || at === MAX_CENTROIDS - 1 ? -1 : at === 1 ? 2 ** 50 : 2;
    });
    const total = 2 + 2 ** 50 + 2 * (MAX_CENTROIDS - 3);
    assertAlike({ list: { pairs, length: MAX_CENTROIDS }, total }, RULES[2]!, SHARES);
    assert.ok(encodeDigest({ pairs, length: MAX_CENTROIDS }, total, RULES[2]!).length > 15_000);
  });

  it('are asked as in JavaScript where two centroids are further apart than the largest double', () => {
    const pairs = Float64Array.of(-1.7e308, -3, -1e308, 5, 1e308, 7, 1.7e308, -2);
    const shares = Array.from({ length: 16 }, (_, i) => (i + 1) / 17);
    assertAlike({ list: { pairs, length: 4 }, total: 17 }, WINDOW_SIZE_RULE, shares);
  });

  it('are refused where weights are beyond 2^53 - 1 or that of a plain centroid is 1', () => {
    // 258 atoms, whose weights of 7 bytes come to 7 modulo 2^64.
    const atoms = {
      pairs: Float64Array.from({ length: 2 * 258 }, (_, i) => (i % 2 === 0 ? i : -(2 ** 43))),
      length: 258,
    };
    const bytes = Uint8Array.from(encodeDigest(atoms, 258 * 2 ** 43, WINDOW_SIZE_RULE));
    const weights = Buffer.alloc(258 * 7);
    const put = (at: number, weight: bigint) => {
      for (let p = 0; p < 7; p++) weights[p * 258 + at] = Number((weight >> BigInt(8 * p)) & 255n);
    };
    for (let i = 0; i < 256; i++) put(i, 2n ** 56n - 1n);
    put(256, 100n);
    put(257, 163n);
    const planes = bytes.length - 258 * 6;
    const spoilt = Buffer.concat([bytes.subarray(0, planes), weights]);
    spoilt[2] = 7;
    spoilt.writeBigUInt64LE(7n, 5);
    assert.equal(assertSameVerdict(spoilt), false);
    assert.throws(() => readDigest(spoilt, kernel.passing), /weights above 2\^53 - 1/);

    const plain = { pairs: Float64Array.of(1, -1, 2, 2, 3, -1), length: 3 };
    const light = Uint8Array.from(encodeDigest(plain, 4, WINDOW_SIZE_RULE));
    assert.equal(assertSameVerdict(light), true);
    light[light.length - 1] = 1;
    light[5] = 3;
    assert.equal(assertSameVerdict(light), false);
    assert.throws(() => readDigest(light, kernel.passing), /single value that is no atom/);
  });

  it('are refused as in JavaScript, cut short or followed by anything', () => {
    const digest = digestOf(take(STREAMS.mixture!, 900));
    const bytes = digest.toBytes();
    for (let length = 0; length < bytes.length; length++)
      assert.equal(assertSameVerdict(bytes.subarray(0, length)), false);
    for (const more of [1, 7, 16, 20_000, 100_000]) {
      assert.equal(assertSameVerdict(Buffer.concat([bytes, new Uint8Array(more)])), false);
    }
    assert.equal(assertSameVerdict(bytes), true);
    for (const golden of Object.values(VERSION_1)) assertSameVerdict(Buffer.from(golden.hex, 'hex'));
    assert.throws(() => readDigest('bytes' as unknown as Uint8Array, kernel.passing), /not a Uint8Array/);
  });

  it('are judged as in JavaScript after any mutation, and nothing else of the memory is touched', () => {
    const random = seeded(5);
    const originals = [
      ...Object.values(VERSION_2).map((golden) => Buffer.from(golden.hex, 'hex')),
      ...[STREAMS.normal!, STREAMS.float32!, STREAMS.mixture!, HOSTILE_STREAMS['600 decades']!].map((stream) =>
        digestOf(take(stream, 600)).toBytes(),
      ),
      ...Array.from({ length: 60 }, () => {
        const { list, total } = anyList(random);
        return Uint8Array.from(plainEncodeDigest(list, total, RULES[list.length % 3]!));
      }),
    ].filter(({ length }) => length < 3_000);
    const untouched = [kernel.kept, kernel.incoming, kernel.pending, kernel.moments];
    for (const area of untouched) area.fill(12345);
    digests().written.fill(77);
    const seen = { taken: 0, refused: 0 };
    for (let i = 0; i < 200_000; i++) {
      const bytes = Uint8Array.from(originals[i % originals.length]!);
      for (let changes = 1 + Math.floor(random() * 3); changes > 0; changes--) {
        const at = Math.floor(random() ** (random() < 0.5 ? 4 : 1) * bytes.length);
        bytes[at] = random() < 0.5 ? Math.floor(random() * 256) : bytes[at]! ^ (1 << Math.floor(random() * 8));
      }
      if (assertSameVerdict(bytes)) seen.taken++;
      else seen.refused++;
    }
    assert.ok(seen.taken > 10_000 && seen.refused > 10_000, JSON.stringify(seen));
    for (const area of untouched) assert.ok(area.every((value) => value === 12345));
    assert.ok(digests().written.every((value) => value === 77));
  });

  it('are judged as in JavaScript where a header lies about what follows', () => {
    const random = seeded(6);
    const header = new DataView(new ArrayBuffer(13));
    for (let i = 0; i < 100_000; i++) {
      header.setUint8(0, 2);
      header.setUint8(1, Math.floor(random() * 9));
      header.setUint8(2, Math.floor(random() * 256));
      header.setUint16(3, Math.floor(2 ** (random() * 16)), true);
      header.setBigUint64(5, BigInt(Math.floor(2 ** (random() * 56))), true);
      const rest = Uint8Array.from({ length: Math.floor(random() * 120) }, () =>
        random() < 0.3 ? 255 : random() * 256,
      );
      assert.equal(assertSameVerdict(Buffer.concat([new Uint8Array(header.buffer), rest])), false);
    }
  });

  it('keep what was written last while others are read and asked', () => {
    const written = digestOf(take(STREAMS.normal!, 900)).passingBytes();
    const copy = Uint8Array.from(written);
    const other = Digest.over(digestOf(take(STREAMS.uniform!, 900)).toBytes().slice());
    const again = digestOf(take(STREAMS.normal!, 900)).passingBytes();
    other.quantiles(SHARES);
    other.merge(Digest.over(copy.slice()));
    assert.deepEqual(Uint8Array.from(again), copy);
  });

  it('come to the same on a host without WebAssembly', async () => {
    const code = `
      const { digestReport } = await import(${JSON.stringify(new URL('digest-report.ts', import.meta.url))});
      Reflect.deleteProperty(globalThis, 'WebAssembly');
      process.stdout.write(await digestReport());`;
    const options = ['--conditions=tidemark-source', '--disable-warning=ExperimentalWarning', '--input-type=module'];
    const report = execFileSync(process.execPath, [...options, '--eval', code], {
      cwd: import.meta.dirname,
      encoding: 'utf8',
    });
    assert.equal(report, await digestReport());
  });
});
