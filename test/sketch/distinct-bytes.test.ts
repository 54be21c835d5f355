import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Distinct, SketchError } from '@tidemark/sketch';
import { seeded } from './datasets.ts';

function distinctOf(n: number, prefix = 'user-'): Distinct {
  const distinct = new Distinct();
  for (let i = 1; i <= n; i++) distinct.add(`${prefix}${i}`);
  return distinct;
}

/** The bytes of registers, dense, however unlikely these are. */
function denseBytes(base: number, halves: (i: number) => number, beyond: number[] = []): Uint8Array {
  return Uint8Array.of(1, 1, base, ...Array.from({ length: 8192 }, (_, i) => halves(i)), ...beyond);
}

function sparseBytes(...entries: number[]): Uint8Array {
  const bytes = new Uint8Array(4 + 4 * entries.length);
  const view = new DataView(bytes.buffer);
  bytes[0] = 1;
  view.setUint16(2, entries.length, true);
  for (const [i, entry] of entries.entries()) view.setUint32(4 + 4 * i, entry, true);
  return bytes;
}

describe('the bytes of a Distinct', () => {
  it('stay what they are', () => {
    const bytes = Buffer.from(distinctOf(3).toBytes()).toString('hex');
    assert.equal(bytes, '01000300c05d4440c0ffa6bb006788cb');
    assert.equal(Distinct.fromBytes(Buffer.from(bytes, 'hex')).estimate(), 3);
    const dense = distinctOf(100_000).toBytes();
    let sum = 0;
    for (const byte of dense) sum = (Math.imul(sum, 31) + byte) | 0;
    assert.deepEqual([dense.length, sum, distinctOf(100_000).estimate()], [8205, 2_001_665_838, 98_545]);
  });

  it('read as what was written, at every size', () => {
    for (const n of [0, 1, 100, 2048, 2049, 10_000, 300_000]) {
      const distinct = distinctOf(n);
      const bytes = distinct.toBytes();
      const read = Distinct.fromBytes(bytes);
      assert.equal(read.estimate(), distinct.estimate());
      assert.deepEqual(Buffer.from(read.toBytes()), Buffer.from(bytes));
      for (const one of [distinct, read]) one.add('another');
      assert.deepEqual(Buffer.from(read.toBytes()), Buffer.from(distinct.toBytes()));
    }
  });

  it('are refused when they are no form of any Distinct', () => {
    const dense = distinctOf(5000).toBytes();
    const even = () => 0x11;
    const refused: [string, Uint8Array][] = [
      ['empty', new Uint8Array()],
      ['another version', Uint8Array.of(2, 0, 0, 0)],
      ['another form', Uint8Array.of(1, 2, 0, 0)],
      ['an entry missing', sparseBytes(64, 128).slice(0, -1)],
      ['a byte too many', Uint8Array.of(...sparseBytes(64), 0)],
      ['more entries than are kept one by one', sparseBytes(...Array.from({ length: 2049 }, (_, i) => (i + 1) * 64))],
      ['entries that descend', sparseBytes(128, 64)],
      ['the same entry twice', sparseBytes(64, 64)],
      ['the same prefix twice', sparseBytes(1, 2)],
      ['an entry of 0', sparseBytes(0)],
      ['a rank where the prefix has it', sparseBytes(65)],
      ['a rank above 51', sparseBytes(40)],
      ['registers cut short', dense.slice(0, 8000)],
      ['registers that are all 0', denseBytes(0, () => 0)],
      ['a base that is not the smallest', denseBytes(1, even)],
      ['a base above 51', denseBytes(52, () => 0)],
      ['a register above 51', denseBytes(50, (i) => (i === 0 ? 0x02 : 0))],
      ['an exception missing', denseBytes(0, (i) => (i === 0 ? 0x0f : 0))],
      ['an exception that needs none', denseBytes(0, (i) => (i === 0 ? 0x0f : 0), [14])],
      ['an exception above 51', denseBytes(0, (i) => (i === 0 ? 0x0f : 0), [52])],
      ['an exception too many', denseBytes(0, (i) => (i === 0 ? 0x0f : 0), [15, 15])],
    ];
    for (const [what, bytes] of refused) {
      assert.throws(() => Distinct.fromBytes(bytes), { name: 'SketchError', code: 'SKETCH_BYTES_INVALID' }, what);
    }
    assert.throws(() => Distinct.fromBytes('AQAAAA==' as unknown as Uint8Array), { code: 'SKETCH_BYTES_INVALID' });
  });

  it('with the same prefix become one with the larger rank, in either order', () => {
    for (const ranks of [
      [1, 39],
      [39, 1],
    ]) {
      const distinct = new Distinct();
      for (const rank of ranks) distinct.merge(Distinct.fromBytes(sparseBytes(rank)));
      assert.deepEqual(Buffer.from(distinct.toBytes()), Buffer.from(sparseBytes(39)));
    }
  });

  it('may say that all registers are full, which gives a finite estimate', () => {
    const full = Distinct.fromBytes(denseBytes(51, () => 0));
    assert.ok(Number.isSafeInteger(full.estimate()));
    const oneFull = Distinct.fromBytes(denseBytes(0, (i) => (i === 5 ? 0xf0 : 0), [51]));
    assert.equal(oneFull.estimate(), 1);
  });

  it('give an error or a Distinct that keeps its laws, 100 000 times mutated, fast', () => {
    const random = seeded(9);
    const originals = [0, 1, 30, 30, 200, 30, 1, 30].map((n) => distinctOf(n).toBytes());
    const dense = [distinctOf(2049).toBytes(), distinctOf(200_000).toBytes()];
    const started = process.cpuUsage().user;
    let read = 0;
    for (let i = 0; i < 100_000; i++) {
      const original = i % 25 === 0 ? dense[(i / 25) % 2]! : originals[i % originals.length]!;
      const bytes = original.slice(0, random() < 0.05 ? Math.floor(random() * original.length) : original.length);
      const changes = 1 + Math.floor(random() * 3);
      for (let c = 0; c < changes && bytes.length > 0; c++) {
        // The front, where the form and the lengths are, as often as all the rest.
        const at = Math.floor(random() * (random() < 0.5 ? Math.min(8, bytes.length) : bytes.length));
        bytes[at] = random() < 0.5 ? Math.floor(random() * 256) : bytes[at]! ^ (1 << Math.floor(random() * 8));
      }
      let distinct: Distinct;
      try {
        distinct = Distinct.fromBytes(bytes);
      } catch (error) {
        assert.ok(error instanceof SketchError && error.code === 'SKETCH_BYTES_INVALID', String(error));
        continue;
      }
      read++;
      const back = distinct.toBytes();
      if (Buffer.compare(back, bytes) !== 0) assert.fail(`${Buffer.from(bytes).toString('hex')} reads as another form`);
      assert.ok(Number.isSafeInteger(distinct.estimate()) && distinct.estimate() >= 0);
      const twice = distinct.clone();
      twice.merge(Distinct.fromBytes(bytes));
      if (Buffer.compare(twice.toBytes(), bytes) !== 0) assert.fail('merged with itself it is another');
    }
    assert.ok(read > 1000, `${read} mutants were read`);
    const seconds = (process.cpuUsage().user - started) / 1e6;
    assert.ok(seconds < 5, `took ${seconds} s`);
  });
});
