import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { cutText, keptUnits, MAX_TEXT_BYTES } from '../../../agent/src/events/cut-text.ts';

describe('cutting a text', () => {
  it('keeps as many whole characters as fit, well-formed', () => {
    const unit = fc.constantFrom('a', 'ä', '漢', '😀', '\ud800', '\udc00', '\ufeff');
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 300 }), (text) => {
        const cut = cutText(text);
        assert.ok(cut.isWellFormed() && Buffer.byteLength(cut) <= MAX_TEXT_BYTES);
        assert.ok(text.toWellFormed().startsWith(cut));
        assert.equal(keptUnits(text), cut.length);
        if (cut.length === text.length) return;
        const next = String.fromCodePoint(text.toWellFormed().codePointAt(cut.length) ?? 0);
        assert.ok(Buffer.byteLength(cut + next) > MAX_TEXT_BYTES);
      }),
    );
  });
});
