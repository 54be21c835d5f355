import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cutText, utf8Length } from '../../../collector/src/notify/cut-text.ts';

const anyText = fc.string({ unit: 'binary', maxLength: 60 });

test('text within the limit is left alone', () => {
  assert.equal(cutText('漢字', 2), '漢字');
  assert.equal(cutText('', 0), '');
});

test('a cut is marked and counted in', () => {
  assert.equal(cutText('abcdef', 4), 'abc…');
  assert.equal(cutText('abcdef', 1), '…');
  assert.equal(cutText('abcdef', 0), '');
});

test('no code point is split, whatever is measured', () => {
  assert.equal(cutText('😀😀😀', 5), '😀😀…');
  assert.equal(cutText('😀😀😀', 4), '😀…');
  assert.equal(cutText('漢漢漢', 8, utf8Length), '漢…');
  fc.assert(
    fc.property(anyText, fc.nat(40), (text, limit) => {
      const units = cutText(text, limit);
      const bytes = cutText(text, limit, utf8Length);
      assert.ok(units.length <= limit && Buffer.byteLength(bytes) <= limit);
      for (const cut of [units, bytes]) {
        assert.ok(cut.isWellFormed());
        assert.ok(cut === '' || text.toWellFormed().startsWith(cut.replace(/…$/, '')));
      }
    }),
  );
});

test('half a surrogate pair is replaced', () => {
  assert.equal(cutText('a\ud800b', 10), 'a\ufffdb');
});
