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

  it('stays what it is', () => {
    assert.equal(categoryKey('ab'.repeat(50)), 'abababababababababababababababababababababababa~d7329e1770fa8232');
    assert.equal(categoryKey('ab'.repeat(50_000)), 'abababababababababababababababababababababababa~a12d6b0d397e0c32');
  });

  it('keeps texts beyond 65 536 code units apart where they differ in length, ends, or more than lies between blocks', () => {
    const n = 1_000_000;
    const text = 'x'.repeat(n);
    const changed = (at: number, length: number) => text.slice(0, at) + 'y'.repeat(length) + text.slice(at + length);
    const texts = [text, `${text}x`, changed(0, 1), changed(32_767, 1), changed(n - 16_384, 1), changed(n - 1, 1)];
    const gap = Math.ceil((n - 65_536) / 255);
    for (let at = 32_768; at + gap <= n - 16_384; at += 9_973) texts.push(changed(at, gap));
    for (const one of texts.slice(1)) assert.notEqual(categoryKey(one), categoryKey(text));
    assert.notEqual(categoryKey('x'.repeat(65_536)), categoryKey('x'.repeat(65_537)));
    for (const length of [65_537, 65_600, 70_000]) {
      const all = 'x'.repeat(length);
      const ending = `${all.slice(1)}y`;
      assert.notEqual(categoryKey(all), categoryKey(ending));
      assert.ok(bytesOf(categoryKey(all)) <= MAX_KEY_BYTES);
    }
  });

  it('replaces lone surrogates', () => {
    assert.equal(categoryKey('a\ud800b'), 'a\ufffdb');
    assert.ok(categoryKey('\ud800'.repeat(100)).startsWith('\ufffd'.repeat(15)));
  });
});
