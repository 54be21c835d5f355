import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { categoryKey, MAX_KEY_BYTES } from '@tidemark/sketch';
import fc from 'fast-check';

const bytesOf = (text: string) => Buffer.byteLength(text);

describe('categoryKey', () => {
  it('leaves short well-formed texts as they are', () => {
    for (const text of ['', 'DE', '__proto__', 'x'.repeat(64), 'ü'.repeat(32), '\ufeffbom', '🦊'.repeat(16)]) {
      assert.equal(categoryKey(text), text);
    }
  });

  it('cuts long texts at whole characters and keeps them apart by a hash of all of them', () => {
    const long = 'ü'.repeat(100);
    const key = categoryKey(`${long}a`);
    assert.match(key, /^ü{23}~[0-9a-f]{16}$/);
    assert.notEqual(key, categoryKey(`${long}b`));
    assert.equal(key, categoryKey(`${long}a`));
    const keys = new Set(Array.from({ length: 20_000 }, (_, i) => categoryKey(`${'session-'.repeat(10)}${i}`)));
    assert.equal(keys.size, 20_000);
  });

  it('gives well-formed keys of at most 64 bytes for any text, and each key is its own key', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 120 }),
        fc.constantFrom('', '\ud800', '\udc00x'),
        (text, tail) => {
          const key = categoryKey(text + tail);
          assert.ok(bytesOf(key) <= MAX_KEY_BYTES);
          assert.ok(key.isWellFormed());
          assert.equal(categoryKey(key), key);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('replaces lone surrogates', () => {
    assert.equal(categoryKey('a\ud800b'), 'a\ufffdb');
    assert.ok(categoryKey('\ud800'.repeat(100)).startsWith('\ufffd'.repeat(15)));
  });
});
