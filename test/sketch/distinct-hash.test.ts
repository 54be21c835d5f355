import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { entryOf, indexOf, isEntry, MAX_RANK, REGISTERS, rankOf } from '../../sketch/src/distinct-entry.ts';
import { hashText } from '../../sketch/src/distinct-hash.ts';
import { seeded } from './datasets.ts';

const lanes = new Int32Array(2);

function hashOf(text: string): [number, number] {
  hashText(text, lanes);
  return [lanes[0]! >>> 0, lanes[1]! >>> 0];
}

function hex(text: string): string {
  return hashOf(text)
    .map((lane) => lane.toString(16).padStart(8, '0'))
    .join('');
}

function uuids(n: number, seed: number): string[] {
  const random = seeded(seed);
  const digits = (count: number) =>
    Array.from({ length: count }, () => Math.floor(random() * 16).toString(16)).join('');
  return Array.from({ length: n }, () => [8, 4, 4, 4, 12].map(digits).join('-'));
}

const N = 200_000;
const FAMILIES: Readonly<Record<string, string[]>> = {
  'user-1, user-2, ...': Array.from({ length: N }, (_, i) => `user-${i + 1}`),
  'numbers as text': Array.from({ length: N }, (_, i) => String(i)),
  'padded numbers': Array.from({ length: N }, (_, i) => String(i).padStart(12, '0')),
  fractions: Array.from({ length: N }, (_, i) => String(i / 1000)),
  uuids: uuids(N, 3),
  'one code unit, and two': Array.from({ length: N }, (_, i) =>
    i < 65_536 ? String.fromCharCode(i) : String.fromCharCode(i % 256, Math.floor(i / 256)),
  ),
  'runs of one letter and of zeros': Array.from({ length: 2000 }, (_, i) => (i % 2 ? 'a' : '\0').repeat(i / 2)),
};

/** How far the counts are from even, in standard deviations of the chi-square distribution. */
function unevenness(counts: ArrayLike<number>, n: number): number {
  const expected = n / counts.length;
  let chi = 0;
  for (let i = 0; i < counts.length; i++) chi += (counts[i]! - expected) ** 2 / expected;
  return (chi - (counts.length - 1)) / Math.sqrt(2 * (counts.length - 1));
}

describe('hashText', () => {
  it('is the same on every host and in every version', () => {
    const golden = {
      '': '3f4f41ae50166e49',
      a: '188857f8e17cb731',
      ab: '331d5b8c37bdfd75',
      abc: '620dd23c7826966c',
      abcd: 'abcb7ab24290730d',
      'user-1': 'bba6fff87096c790',
    };
    for (const [text, expected] of Object.entries(golden)) assert.equal(hex(text), expected, JSON.stringify(text));
    assert.equal(hex('grüße, 🦊'), '8c6079a66aa1a586');
    assert.equal(hex('\ud800'), '8f2ed68c3817eed3');
    assert.equal(hex('0123456789'.repeat(100_000)), 'a5a25d835b582a98');
  });

  it('gives different texts different hashes', () => {
    const all = new Set(Object.values(FAMILIES).flat());
    // 53 of the 64 bits, which one number holds.
    const hashes = new Set<number>();
    for (const text of all) {
      const [high, low] = hashOf(text);
      hashes.add(high * 2 ** 21 + (low >>> 11));
    }
    assert.equal(hashes.size, all.size);
  });

  it('does not take the end of a text for zeros', () => {
    const ends = ['', '\0', '\0\0', '\0\0\0', '\0\0\0\0', '\0\0\0\0\0', 'a', 'a\0', 'a\0\0', 'a\0\0\0', 'ab\0c', 'abc'];
    assert.equal(new Set(ends.map(hex)).size, ends.length);
  });

  it('turns over half of the bits, each as likely, when one bit of the text changes', () => {
    const random = seeded(5);
    const texts = 400;
    for (const length of [1, 2, 3, 4, 7, 12, 36]) {
      // By bit of input and output: how often the one turned the other over.
      const turned = new Float64Array(length * 7 * 64);
      for (let t = 0; t < texts; t++) {
        const units = Array.from({ length }, () => Math.floor(random() * 128));
        const [high, low] = hashOf(String.fromCharCode(...units));
        for (let bit = 0; bit < length * 7; bit++) {
          const other = units.slice();
          other[Math.floor(bit / 7)]! ^= 1 << (bit % 7);
          const [otherHigh, otherLow] = hashOf(String.fromCharCode(...other));
          for (let i = 0; i < 32; i++) {
            turned[bit * 64 + i]! += ((high ^ otherHigh) >>> i) & 1;
            turned[bit * 64 + 32 + i]! += ((low ^ otherLow) >>> i) & 1;
          }
        }
      }
      const worst = turned.reduce((most, count) => Math.max(most, Math.abs(count - texts / 2)), 0);
      // Binomial: sigma = sqrt(texts) / 2 = 10; of up to 16 128 pairs the worst is within 5.5 sigma. One unit alone has
      // only 128 texts, whose pairs repeat.
      assert.ok(worst < (length === 1 ? 100 : 55), `${length} units: a bit turned another over ${worst} times off`);
    }
  });

  it('spreads every family of keys evenly over the registers and ranks', () => {
    for (const [name, texts] of Object.entries(FAMILIES)) {
      if (texts.length < N) continue;
      const indexes = new Uint32Array(REGISTERS);
      const ranks = new Uint32Array(MAX_RANK + 1);
      for (const text of texts) {
        const entry = entryOf(text);
        indexes[indexOf(entry)]!++;
        ranks[rankOf(entry)]!++;
      }
      const off = unevenness(indexes, texts.length);
      assert.ok(Math.abs(off) < 4.5, `${name}: registers ${off.toFixed(1)} sigma off`);
      for (let rank = 1; rank <= 10; rank++) {
        const share = 2 ** -rank;
        const sigma = Math.sqrt(texts.length * share * (1 - share));
        const away = (ranks[rank]! - texts.length * share) / sigma;
        assert.ok(Math.abs(away) < 4.5, `${name}: rank ${rank} ${away.toFixed(1)} sigma off`);
      }
    }
  });
});

describe('entryOf', () => {
  it('has the index and the rank of the 64 bits of the hash, no bit in both', () => {
    for (const text of [...FAMILIES.uuids!, ...FAMILIES['numbers as text']!]) {
      const bits = hashOf(text)
        .map((lane) => lane.toString(2).padStart(32, '0'))
        .join('');
      const entry = entryOf(text);
      assert.ok(isEntry(entry));
      assert.equal(indexOf(entry), Number.parseInt(bits.slice(0, 14), 2));
      assert.equal(rankOf(entry), bits.indexOf('1', 14) - 14 + 1);
    }
  });

  it('tells possible entries from impossible ones', () => {
    const possible = [0b01 << 6, 1, 39, 0xffffffc0, 0xfffc0000 + 39];
    const impossible = [0, 40, 63, (0b01 << 6) + 1, 0xffffffff, 0xfffc0000];
    assert.deepEqual(
      possible.map(isEntry),
      possible.map(() => true),
    );
    assert.deepEqual(
      impossible.map(isEntry),
      impossible.map(() => false),
    );
    assert.deepEqual([1, 39, 0xffffffc0].map(rankOf), [13, MAX_RANK, 1]);
  });
});
