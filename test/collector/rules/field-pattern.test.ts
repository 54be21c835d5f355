import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isPattern, meansField } from '../../../collector/src/rules/field-pattern.ts';

const CASES: [pattern: string, field: string, means: boolean][] = [
  ['amount', 'amount', true],
  ['amount', 'amount_1', false],
  ['*', '', true],
  ['*', 'anything', true],
  ['amount_*', 'amount_', true],
  ['amount_*', 'amount', false],
  ['*_raw', 'a_raw', true],
  ['a*a', 'a', false],
  ['a*b*c', 'a-b-c', true],
  ['a*b*c', 'a-c-b', false],
  ['a*bc*c', 'abc', false],
  ['**', 'x', true],
  ['a.c', 'abc', false],
];

test('a * stands for any letters or none, and nothing else is special', () => {
  for (const [pattern, field, means] of CASES) assert.equal(meansField(pattern, field), means, `${pattern} ${field}`);
  assert.deepEqual(['a', 'a*'].map(isPattern), [false, true]);
});

test('means what the same regular expression means', () => {
  const short = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 6 });
  const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 8 });
  fc.assert(
    fc.property(short, text, (pattern, field) => {
      assert.equal(meansField(pattern, field), new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(field));
    }),
    { numRuns: 2000, seed: 7 },
  );
});
