import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Losses } from '../../../agent/src/losses.ts';
import { readModel } from '../../../agent/src/model-options.ts';
import { layoutOf, offsetOf } from '../../../agent/src/record/column-block.ts';
import { ColumnRoom } from '../../../agent/src/record/column-room.ts';
import { ModelVersion } from '../../../agent/src/record/model-version.ts';
import { Recorder } from '../../../agent/src/record/recorder.ts';
import { WindowRecord } from '../../../agent/src/window/window-record.ts';

type Row = Record<string, unknown>;

function setUp(mayCompile: boolean, room = new ColumnRoom(8 * 1024 * 1024)) {
  const version = new ModelVersion(readModel({ name: 'm', version: '1' }), new Losses(), room);
  const recorder = new Recorder(version, 'feature', mayCompile);
  const windows = [0, 1, 2].map((i) => new WindowRecord<ModelVersion>(version, i * 60_000, 60_000));
  return { version, recorder, windows, room };
}

function contents(window: WindowRecord<ModelVersion>): unknown[] {
  window.settle();
  const all = [...window.entries()].map(({ field, summary }) => {
    const { kind, kinds } = summary;
    const { count, min, max } = summary.moments;
    return { field, kind, kinds: { ...kinds }, count, min, max, categories: summary.categories.entries() };
  });
  return all.sort((a, b) => (a.field < b.field ? -1 : 1));
}

describe('a block of columns', () => {
  it('fills its columns one after the other, evenly, and each exactly once a round', () => {
    for (const columns of [1, 2, 3, 25, 64, 200, 500]) {
      const layout = layoutOf(columns);
      assert.ok(columns * layout.stride * 8 <= 1.2 * 1024 * 1024, `${columns} columns of ${layout.rows}`);
      const fullAt = Array.from({ length: columns }, (_, column) => layout.rows - offsetOf(column, layout));
      const most = Math.max(...[...Map.groupBy(fullAt, (row) => row).values()].map((same) => same.length));
      assert.ok(most <= Math.ceil(columns / layout.rows), `${most} of ${columns} columns at once`);
      assert.equal(fullAt.at(-1), layout.rows);
    }
  });

  it('keeps what values one by one would, over many rounds, odd values and changes of window', () => {
    const value = fc.oneof(
      { weight: 6, arbitrary: fc.double() },
      fc.constantFrom<unknown>(0, -0, null, undefined, 'text', true, 5n, {}, Number.NaN, Number.POSITIVE_INFINITY),
    );
    const rows = fc.array(fc.record({ a: value, b: value, c: fc.constantFrom('x', 'y', 'z', 7, null) }), {
      minLength: 1,
      maxLength: 7,
    });
    // Rows in a row per window, so that rings go round, and windows that come back.
    const plan = fc.array(fc.tuple(fc.nat(2), fc.constantFrom(1, 3, 40, 5_000)), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(rows, plan, (given, steps) => {
        const [block, single] = [setUp(true), setUp(false)];
        for (const { recorder, windows } of [block, single]) {
          let turn = 0;
          for (const [window, times] of steps) {
            for (let i = 0; i < times; i++) recorder.record(windows[window]!, given[turn++ % given.length] as Row);
          }
        }
        for (const [i, window] of block.windows.entries()) {
          assert.deepEqual(contents(window), contents(single.windows[i]!));
        }
      }),
      { numRuns: 40 },
    );
  });

  it('takes single values like objects of one', () => {
    const values = [1.5, 2, Number.NaN, 'text', null, 3n, Number.NEGATIVE_INFINITY];
    const [one, whole] = [setUp(true), setUp(true)];
    for (let i = 0; i < 6_000; i++) {
      one.recorder.recordOne(one.windows[0]!, 'value', values[i % values.length]);
      whole.recorder.record(whole.windows[0]!, { value: values[i % values.length] });
    }
    assert.deepEqual(contents(one.windows[0]!), contents(whole.windows[0]!));
    const [text, texts] = [setUp(true), setUp(true)];
    for (let i = 0; i < 600; i++) {
      text.recorder.recordOne(text.windows[0]!, 'value', ['a', 'b', 4, undefined][i % 4]);
      texts.recorder.record(texts.windows[0]!, { value: ['a', 'b', 4, undefined][i % 4] });
    }
    assert.deepEqual(contents(text.windows[0]!), contents(texts.windows[0]!));
  });

  it('leaves a row out of the numbers that a getter broke in the middle of', () => {
    const { recorder, windows } = setUp(true);
    const [window] = windows as [WindowRecord<ModelVersion>];
    const broken = { a: 1, b: 2 };
    Object.defineProperty(broken, 'b', {
      enumerable: true,
      get: () => {
        throw new Error('theirs');
      },
    });
    for (let i = 0; i < 100; i++) recorder.record(window, { a: i, b: i });
    for (let i = 0; i < 3; i++) assert.throws(() => recorder.record(window, broken), /theirs/);
    for (let i = 0; i < 100; i++) recorder.record(window, { a: i, b: i });
    window.settle();
    for (const { summary } of window.entries()) {
      assert.equal(summary.kinds.valid, 200);
      assert.deepEqual([summary.digest.count, summary.digest.max], [200, 99]);
    }
  });

  it('gives its memory back with its window, and does without where there is none', () => {
    const { recorder, windows, room } = setUp(true);
    for (const window of windows) {
      for (let i = 0; i < 100; i++) recorder.record(window, { a: i });
      window.settle();
    }
    assert.equal(room.bytes, (2_048 + 8) * 8, 'one block for three windows');
    const poor = setUp(true, new ColumnRoom(1_000));
    for (let i = 0; i < 5_000; i++) poor.recorder.record(poor.windows[0]!, { a: i });
    assert.equal(poor.room.bytes, 0);
    poor.windows[0]!.settle();
    assert.equal([...poor.windows[0]!.entries()][0]?.summary.kinds.valid, 5_000);
  });
});

describe('the room of columns', () => {
  it('makes way for another size, but never goes over its bytes', () => {
    const room = new ColumnRoom(800);
    const first = room.take(60) ?? assert.fail();
    assert.equal(room.take(60), undefined);
    room.giveBack(first);
    assert.equal(room.take(60), first);
    room.giveBack(first);
    assert.equal(room.take(100)?.length, 100);
    assert.equal(room.bytes, 800);
  });
});
