import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { matchesAny, matchesGlob, readPattern } from '../../../agent/src/events/field-pattern.ts';

const glob = (text: string) => text.split('*');

describe('a field pattern', () => {
  it('means exactly its stage and field, with * for any run of characters', () => {
    const cases: [pattern: string, stage: string, field: string, meant: boolean][] = [
      ['feature/age', 'feature', 'age', true],
      ['feature/age', 'feature', 'ages', false],
      ['feature/age', 'input', 'age', false],
      ['feature/*', 'feature', 'a/b', true],
      ['*/age', 'step:gen', 'age', true],
      ['step:*/out_*_ms', 'step:gen', 'out_total_ms', true],
      ['step:*/out_*_ms', 'step:gen', 'out_ms', false],
      ['*/*', 'outcome', '__proto__', true],
      ['feature/a*a', 'feature', 'a', false],
      ['feature/a*a', 'feature', 'aa', true],
      ['feature/a.c', 'feature', 'abc', false],
    ];
    for (const [text, stage, field, meant] of cases) {
      const pattern = readPattern(text) ?? assert.fail(text);
      assert.equal(matchesAny([pattern], stage, field), meant, `${text} of ${stage}/${field}`);
    }
  });

  it('is refused where it can mean no field', () => {
    const wrong = [
      '',
      'age',
      '/age',
      'feature/',
      'features/age',
      'step:/x',
      'feature/a\nb',
      `feature/${'x'.repeat(300)}`,
    ];
    for (const text of [...wrong, 5, null, undefined, ['feature/x']]) assert.equal(readPattern(text), undefined);
  });

  it('agrees with a regular expression on any text', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 8 });
    fc.assert(
      fc.property(text, fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 10 }), (pattern, given) => {
        const expected = new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(given);
        assert.equal(matchesGlob(glob(pattern), given), expected);
      }),
      { numRuns: 2_000 },
    );
  });
});
