import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Losses } from '../../../agent/src/losses.ts';
import { type FieldSchema, readModel } from '../../../agent/src/model-options.ts';
import { MAX_SERIES, ModelVersion } from '../../../agent/src/record/model-version.ts';
import { Recorder } from '../../../agent/src/record/recorder.ts';
import { WindowRecord } from '../../../agent/src/window/window-record.ts';

const MANY = 40;

function setUp(fields: readonly FieldSchema[] = [], mayCompile = true) {
  const version = new ModelVersion(readModel({ name: 'm', version: '1', fields }), new Losses());
  const window = new WindowRecord<ModelVersion>(version, 0, 60_000);
  const recorder = new Recorder(version, 'feature', mayCompile);
  return { version, window, record: (row: object) => recorder.record(window, row) };
}

/** Kinds of every series by field, and its categories. */
function contents(window: WindowRecord<ModelVersion>) {
  return [...window.entries()].map(({ field, summary }) => {
    const { kind, kinds } = summary;
    const values = kind === 'category' ? summary.categories.entries() : [...summary.digest.centroids().mean];
    return { field, kind, kinds: { ...kinds }, values };
  });
}

describe('a recorder', () => {
  it('classifies values by the kind that the first valid one fixed', () => {
    const { window, record } = setUp();
    const x = [null, { odd: true }, 5, Number.NaN, Number.POSITIVE_INFINITY, 'text', 7n, undefined];
    for (const value of x) record({ x: value, flag: true });
    window.settle();
    const [{ kinds, kind, values } = assert.fail(), flag] = contents(window).sort((a, b) =>
      b.field.localeCompare(a.field),
    );
    assert.equal(kind, 'number');
    assert.deepEqual([kinds.valid, kinds.missing, kinds.wrongType, kinds.nan, kinds.positiveInfinity], [2, 2, 2, 1, 1]);
    assert.deepEqual(values, [5, 7]);
    assert.deepEqual([flag?.kind, flag?.kinds.valid], ['category', x.length]);
  });

  it('counts a known field that is not there as missing, also before and after compiling', () => {
    const { window, record } = setUp();
    for (let i = 0; i < MANY; i++) record(i % 2 === 0 ? { a: 1, b: 2 } : { a: 1 });
    window.settle();
    assert.deepEqual(
      contents(window).map(({ kinds }) => [kinds.valid, kinds.missing]),
      [
        [MANY, 0],
        [MANY / 2, MANY / 2],
      ],
    );
  });

  it('counts declared fields from the first row, by their declared kind and bounds', () => {
    const { window, record } = setUp([
      { stage: 'feature', field: 'age', kind: 'number', min: 0, max: 100 },
      { stage: 'feature', field: 'country', kind: 'category', values: ['DE'] },
      { stage: 'input', field: 'other', kind: 'number' },
    ]);
    record({});
    record({ age: 101, country: 'FR' });
    record({ age: '40', country: 3 });
    window.settle();
    const [age, country, ...rest] = contents(window);
    assert.deepEqual([age?.kinds.missing, age?.kinds.outOfRange, age?.kinds.wrongType], [1, 1, 1]);
    assert.deepEqual([country?.kinds.missing, country?.kinds.unseen, country?.kinds.valid], [1, 2, 2]);
    assert.deepEqual(rest, []);
  });

  it('reads own values only, whatever their names', () => {
    const names = ['__proto__', 'constructor', 'toString', '"]; throw 1; //', "a'b`c\\", 'ä\u2028ö', '1', 'length'];
    const { window, record, version } = setUp();
    const row = Object.fromEntries(names.map((name, i) => [name, i]));
    for (let i = 0; i < MANY; i++) record(row);
    record({});
    window.settle();
    assert.deepEqual(new Set(contents(window).map(({ field }) => field)), new Set(names));
    for (const { kinds } of contents(window))
      assert.deepEqual([kinds.valid, kinds.missing, kinds.wrongType], [MANY, 1, 0]);
    assert.equal(version.losses.owed, false);
    assert.equal((Object.prototype as Record<string, unknown>)['0'], undefined);
  });

  it('records the same compiled as interpreted', () => {
    const value = fc.oneof(
      fc.double(),
      fc.string(),
      fc.boolean(),
      fc.constant(null),
      fc.constant(undefined),
      fc.bigInt(),
      fc.constant({}),
    );
    const row = fc.dictionary(fc.constantFrom('a', 'b', '__proto__', 'c d'), value);
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 8 }), (rows) => {
        const compiled = setUp();
        const interpreted = setUp([], false);
        // Compiled only after the fields have settled down.
        for (let i = 0; i < 30; i++)
          for (const one of rows) for (const { record } of [compiled, interpreted]) record(one);
        for (const { window } of [compiled, interpreted]) window.settle();
        assert.deepEqual(contents(compiled.window), contents(interpreted.window));
      }),
      { numRuns: 60 },
    );
  });

  for (const mayCompile of [true, false]) {
    it(`finds a field that is new where another comes from a prototype, ${mayCompile ? 'compiled' : 'interpreted'}`, () => {
      class Row {
        a = 1;
        c = 2;
        get b() {
          return 3;
        }
      }
      const { window, record } = setUp([], mayCompile);
      for (let i = 0; i < MANY; i++) record({ a: 1, b: 1 });
      for (let i = 0; i < MANY; i++) record(new Row());
      window.settle();
      assert.deepEqual(
        contents(window).map(({ field, kinds }) => [field, kinds.valid]),
        [
          ['a', 2 * MANY],
          ['b', 2 * MANY],
          ['c', MANY],
        ],
      );
    });
  }

  it('loses and repeats nothing where reading a row records others, at whichever row of a block', () => {
    const { window, record } = setUp();
    const ROWS = 2_060;
    let nested = 0;
    for (let i = 0; i < ROWS; i++) {
      record({
        get x() {
          for (let more = i % 3; more > 0; more--) {
            nested++;
            record({ x: 1, country: 'FR' });
          }
          return 0;
        },
        country: 'DE',
      });
    }
    window.settle();
    const [x, country] = contents(window);
    assert.deepEqual([x?.kinds.valid, country?.kinds.valid], [ROWS + nested, ROWS + nested]);
    const mean = [...window.entries()].find(({ field }) => field === 'x')?.summary.moments.mean ?? Number.NaN;
    assert.ok(Math.abs(mean * (ROWS + nested) - nested) < 1e-6, `mean ${mean}`);
    const counts = new Map([
      ['DE', ROWS],
      ['FR', nested],
    ]);
    const found = [...window.entries()].find(({ field }) => field === 'country')?.summary.categories.entries() ?? [];
    assert.deepEqual(new Map(found.map(({ key, count }) => [key, count])), counts);
  });

  it('counts the calls whose fields it cannot keep', () => {
    const { version, window, record } = setUp();
    record(Object.fromEntries(Array.from({ length: MAX_SERIES + 5 }, (_, i) => [`f${i}`, i])));
    record({ late: 1 });
    record({ ['x'.repeat(129)]: 1, '': 2, 'a\nb': 3 });
    assert.equal([...window.entries()].length, MAX_SERIES);
    assert.deepEqual([version.losses.total('field-limit'), version.losses.total('field-name')], [2, 1]);
  });

  it('says in how many inferences a field never showed its kind', () => {
    const { window, record } = setUp();
    for (let i = 0; i < 3; i++) record({ empty: null, full: 1 });
    assert.equal(window.settle(), 3);
    assert.deepEqual(
      contents(window).map(({ field }) => field),
      ['full'],
    );
  });
});
