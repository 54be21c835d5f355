import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { expectedSeries } from '../../../collector/src/baseline/expected-series.ts';

const number = (stage: string, field: string) => ({ stage, field, kind: 'number' as const });
const category = (stage: string, field: string) => ({ stage, field, kind: 'category' as const });
const namesOf = (list: readonly { stage: string; field: string; kind: string }[]) =>
  list.map(({ stage, field, kind }) => `${stage}/${field}:${kind}`).sort();

describe('the series that a baseline file must have', () => {
  test('are none for a version of which nothing is known', () => {
    assert.deepEqual(expectedSeries({ declared: [], seen: [] }, ['a', 'input.b']), []);
  });

  test('are the inputs and features that were seen, where none is declared', () => {
    const seen = [category('input', 'origin'), number('feature', 'x'), number('latency', 'total')];
    assert.deepEqual(namesOf(expectedSeries({ declared: [], seen }, [])), [
      'feature/x:number',
      'input/origin:category',
    ]);
  });

  test('are the declared ones, not whatever else was seen once', () => {
    const known = { declared: [number('feature', 'x')], seen: [number('feature', 'x'), number('feature', 'typo')] };
    assert.deepEqual(namesOf(expectedSeries(known, ['x'])), ['feature/x:number']);
  });

  test('include what comes out of the model only where the file has it', () => {
    const known = { declared: [number('prediction', 'score')], seen: [number('confidence', 'value')] };
    assert.deepEqual(namesOf(expectedSeries(known, ['x'])), []);
    assert.deepEqual(namesOf(expectedSeries(known, ['prediction.score', 'confidence.value'])), [
      'confidence/value:number',
      'prediction/score:number',
    ]);
  });

  test('have the declared kind where another was seen', () => {
    const known = { declared: [category('feature', 'zip')], seen: [number('feature', 'zip')] };
    assert.deepEqual(namesOf(expectedSeries(known, ['zip'])), ['feature/zip:category']);
  });

  test('count once, however many slices were seen', () => {
    const slice = (name: string) => ({ ...number('feature', 'x'), slice: name });
    const expected = expectedSeries({ declared: [], seen: [slice(''), slice('country=DE')] }, ['x']);
    assert.deepEqual(expected, [number('feature', 'x')]);
  });

  test('are not those of vectors, which no file can hold, unless it has a column of that name', () => {
    const vector = { stage: 'feature', field: 'embedding', kind: 'vector' as const };
    const known = { declared: [vector, number('feature', 'x')], seen: [number('feature', 'typo')] };
    assert.deepEqual(namesOf(expectedSeries(known, [])), ['feature/x:number']);
    assert.deepEqual(namesOf(expectedSeries(known, ['x', 'embedding'])), [
      'feature/embedding:vector',
      'feature/x:number',
    ]);
    assert.deepEqual(namesOf(expectedSeries({ ...known, declared: [vector] }, [])), []);
  });

  test('are those with a column in a partial file', () => {
    const known = { declared: [number('feature', 'x'), number('feature', 'y')], seen: [] };
    assert.deepEqual(namesOf(expectedSeries(known, ['y', 'z'], true)), ['feature/y:number']);
  });
});
