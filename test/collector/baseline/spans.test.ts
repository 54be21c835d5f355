import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { keptSpans, type Span, spanText } from '../../../collector/src/baseline/spans.ts';

const HOUR = 3_600_000;
const span = (from: number, to: number): Span => ({ from: from * HOUR, to: to * HOUR });

describe('what is left of a span without masks', () => {
  const cases: readonly (readonly [what: string, masks: Span[], kept: Span[]])[] = [
    ['is all of it without any', [], [span(10, 20)]],
    ['leaves whole windows out that a mask touches', [span(12.5, 13.1)], [span(10, 12), span(14, 20)]],
    ['begins later where a mask reaches in', [span(5, 11)], [span(11, 20)]],
    ['ends earlier where a mask reaches out', [span(18, 30)], [span(10, 18)]],
    ['takes masks that overlap, in any order', [span(14, 16), span(12, 15)], [span(10, 12), span(16, 20)]],
    ['is nothing where all is masked', [span(9, 15), span(15, 20)], []],
    ['minds no mask outside', [span(1, 2), span(30, 31)], [span(10, 20)]],
  ];
  for (const [what, masks, kept] of cases)
    test(what, () => assert.deepEqual(keptSpans(span(10, 20), masks, HOUR), kept));

  test('has exactly the windows that no mask touches', () => {
    const mask = fc.tuple(fc.integer({ min: -300, max: 3000 }), fc.integer({ min: 1, max: 600 }));
    fc.assert(
      fc.property(fc.array(mask, { maxLength: 6 }), (pairs) => {
        const masks = pairs.map(([from, length]) => ({ from, to: from + length }));
        const kept = keptSpans({ from: 0, to: 2400 }, masks, 60);
        for (let at = 0; at < 2400; at += 60) {
          const isMasked = masks.some(({ from, to }) => from < at + 60 && at < to);
          assert.equal(kept.filter(({ from, to }) => from <= at && at + 60 <= to).length, isMasked ? 0 : 1, String(at));
        }
      }),
    );
  });
});

test('a span is written to the minute where that says it all', () => {
  assert.equal(spanText({ from: 0, to: HOUR / 2 }), '1970-01-01T00:00Z..1970-01-01T00:30Z');
  assert.equal(spanText({ from: 1_000, to: 1 }), '1970-01-01T00:00:01Z..1970-01-01T00:00:00.001Z');
});
