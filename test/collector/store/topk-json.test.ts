import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Categories } from '@tidemark/sketch';
import fc from 'fast-check';
import { toJson } from '../../../collector/src/store/database.ts';
import { topkJson } from '../../../collector/src/store/topk-json.ts';

const keys = fc.oneof(
  fc.constantFrom('a', 'é', '😀', '', '"', '\\', '\\u0000', '\0', '\n', '\x7f', '\ufffd', '__proto__'),
  fc.string({ maxLength: 70 }),
  fc.string({ unit: 'binary', maxLength: 70 }),
  fc.string({ unit: fc.constantFrom('\x01', '\u2028'), maxLength: 64 }),
);
const counts = fc.oneof(
  fc.integer({ min: 1, max: 12 }),
  fc.constantFrom(10, 99, 100, 2 ** 31 - 1, 2 ** 31, 2 ** 40 + 9),
);

function categoriesOf(all: readonly (readonly [string, number])[]): Categories {
  const categories = new Categories({ cap: 100 });
  for (const [key, count] of all) categories.add(key, count);
  return categories;
}

describe('topkJson', () => {
  it('is the first 50 entries with their counts, as the database takes them', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(keys, counts), { maxLength: 90 }), (all) => {
        const categories = categoriesOf(all);
        const pairs = categories.entries(50).map(({ key, count }) => `${toJson(key)}:${count}`);
        assert.equal(topkJson(categories.toBytes()), `{${pairs.join(',')}}`);
      }),
    );
  });

  it('has room for 50 of the longest keys when every character of theirs is escaped', () => {
    const all = Array.from({ length: 60 }, (_, i) => [`${'\x01'.repeat(62)}${i + 10}`, 2 ** 46 - i] as const);
    const shown = JSON.parse(topkJson(categoriesOf(all).toBytes()));
    assert.deepEqual(shown, Object.fromEntries(all.slice(0, 50)));
  });

  it('reads bytes that stand in the midst of others', () => {
    const bytes = categoriesOf([
      ['ü', 2],
      ['a', 1],
    ]).toBytes();
    const framed = Buffer.concat([Buffer.alloc(7, 1), bytes, Buffer.alloc(5, 2)]).subarray(7, 7 + bytes.length);
    assert.equal(topkJson(framed), '{"ü":2,"a":1}');
  });
});
