import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Categories } from '@tidemark/sketch';
import fc from 'fast-check';
import { KeyTable } from '../../sketch/src/key-table.ts';
import { readAgain, readKeys } from '../../sketch/src/read-keys.ts';

const NEAR = [
  'a',
  'b',
  'ab',
  'é',
  '\ud7ff',
  '\ue000',
  '\uffff',
  '😀',
  '𐀀',
  '',
  '\0',
  'a\0',
  'key-1',
  'key-10',
  'key-2',
];
const keys = fc.oneof(
  fc.constantFrom(...NEAR),
  fc.integer({ min: 0, max: 300 }).map((i) => `key-${i}`),
  fc.string({ unit: fc.constantFrom('a', '\ue000', '😀'), maxLength: 80 }),
);
const counts = fc.oneof(
  fc.integer({ min: 1, max: 4 }),
  fc.integer({ min: 1, max: 70_000 }),
  fc.constantFrom(2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 33 + 1, 2 ** 42),
);
const listed = fc.array(fc.tuple(keys, counts), { maxLength: 200 });

function bytesOf(all: readonly (readonly [string, number])[], cap = 4_096): Uint8Array {
  const categories = new Categories({ cap });
  for (const [key, count] of all) categories.add(key, count);
  return categories.toBytes();
}

function takeIn(table: KeyTable, bytes: Uint8Array, cap = 4_096): boolean {
  readAgain(bytes);
  return table.takeInRead(cap);
}

/** What is told of it, and by adding to it: that depends on which of the rarest keys came first. */
function told(categories: Categories): unknown[] {
  const { total, size, exact, distinct, other, underCount, unlistedMost } = categories;
  const before = [total, size, exact, distinct, other, underCount, unlistedMost, categories.toBytes()];
  categories.add('one more');
  categories.add('and another');
  return [...before, categories.count('key-1'), categories.entries(), categories.toBytes()];
}

describe('KeyTable', () => {
  it('lists what a Map counts, in the order of strings', () => {
    fc.assert(
      fc.property(fc.array(listed, { maxLength: 5 }), (parts) => {
        const table = new KeyTable();
        const truth = new Map<string, number>();
        for (const part of parts) {
          assert.equal(takeIn(table, bytesOf(part)), true);
          for (const { key, count } of Categories.fromBytes(bytesOf(part)).entries()) {
            truth.set(key, (truth.get(key) ?? 0) + count);
          }
          const sorted = [...truth].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
          const entries = sorted.map(([key, count]) => ({ key, count, overCount: 0 }));
          assert.deepEqual(table.entries(Infinity), entries);
          assert.deepEqual(table.entries(3), entries.slice(0, 3));
        }
      }),
    );
  });

  it('leaves what was listed as it was where the keys have no room together', () => {
    const table = new KeyTable();
    const first = bytesOf(Array.from({ length: 10 }, (_, i) => [`key-${i}`, i + 1]));
    takeIn(table, first, 12);
    const before = table.entries(Infinity);
    const more = Array.from({ length: 40 }, (_, i) => [`key-${i}`, 9] as const);
    assert.equal(takeIn(table, bytesOf(more), 12), false);
    assert.equal(table.size, 10);
    assert.deepEqual(table.entries(Infinity), before);
  });

  it('gives up on keys of one hash rather than compare all with all', () => {
    const table = new KeyTable();
    const few = bytesOf([['a', 2]]);
    takeIn(table, few);
    readAgain(bytesOf(Array.from({ length: 4_000 }, (_, i) => [`key-${i}`, 1])));
    readKeys.hashes.fill(7);
    assert.equal(table.takeInRead(4_096), false);
    assert.deepEqual(table.entries(Infinity), [{ key: 'a', count: 2, overCount: 0 }]);
  });
});

describe('Categories over bytes', () => {
  it('tell what those do that were merged by strings, also beyond their cap', () => {
    fc.assert(
      fc.property(fc.array(listed, { minLength: 1, maxLength: 5 }), fc.constantFrom(4, 60, 4_096), (parts, cap) => {
        const all = parts.map((part) => bytesOf(part, cap));
        const [first, ...rest] = all as [Uint8Array, ...Uint8Array[]];
        const [held, expected] = [Categories.over(first), Categories.fromBytes(first)];
        for (const bytes of rest) {
          held.merge(Categories.over(bytes));
          expected.merge(Categories.fromBytes(bytes));
        }
        // Merged in once more as a whole, by its bytes and by strings.
        const [empty, byStrings] = [new Categories({ cap }), new Categories({ cap })];
        empty.merge(held);
        byStrings.merge(expected);
        assert.deepEqual(told(held.clone()), told(expected.clone()));
        assert.deepEqual(told(held), told(expected));
        assert.deepEqual(told(empty), told(byStrings));
      }),
    );
  });

  it('tell or refuse, whatever becomes of their bytes, what unpacked ones do, and are merged alike', () => {
    const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(listed, changes, fc.option(fc.nat()), listed, (part, spoilt, cut, other) => {
        const bytes = bytesOf(part, 256);
        for (const [at, byte] of spoilt) bytes[at % bytes.length] = byte;
        const given = cut === null ? bytes : bytes.slice(0, cut % bytes.length);
        const merged = (read: (bytes: Uint8Array) => Categories) => {
          try {
            const [held, into] = [read(given), read(bytesOf(other, 256))];
            into.merge(held);
            return [held.toBytes(), told(into), told(held)];
          } catch (error) {
            return String(error);
          }
        };
        assert.deepEqual(
          merged((one) => Categories.over(one)),
          merged((one) => Categories.fromBytes(one)),
        );
      }),
      { numRuns: 500 },
    );
  });
});
