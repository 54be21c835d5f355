import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Losses } from '../../../agent/src/losses.ts';
import { readModel } from '../../../agent/src/model-options.ts';
import { MAX_SERIES, ModelVersion } from '../../../agent/src/record/model-version.ts';
import { DEFAULT_TOP, RankedSeries } from '../../../agent/src/record/ranked.ts';
import { WindowRecord } from '../../../agent/src/window/window-record.ts';

function setUp(options: ConstructorParameters<typeof RankedSeries>[1] = true) {
  const version = new ModelVersion(readModel({ name: 'm', version: '1' }), new Losses());
  const window = new WindowRecord<ModelVersion>(version, 0, 60_000);
  const ranked = new RankedSeries(version, options);
  const summary = (field: string) =>
    [...window.entries()].find((entry) => entry.field === field)?.summary ?? assert.fail(field);
  return { version, window, ranked, summary };
}

describe('ranked lists', () => {
  it('count the first items, the very first, and how many there were', () => {
    const { window, ranked, summary } = setUp();
    const long = Array.from({ length: 30 }, (_, i) => `item-${i}`);
    ranked.add(window, long);
    ranked.add(window, ['item-3', 'item-0']);
    ranked.add(window, BigInt64Array.of(5n, 2n ** 60n));
    const items = summary('item').categories;
    assert.deepEqual([items.total, items.count('item-3'), items.count(`item-${DEFAULT_TOP}`)], [DEFAULT_TOP + 4, 2, 0]);
    assert.equal(items.count(String(2n ** 60n)), 1);
    assert.deepEqual([summary('top').categories.count('item-0'), summary('top').categories.count('5')], [1, 1]);
    assert.deepEqual([summary('length').moments.min, summary('length').moments.max], [2, 30]);
  });

  it('tell an empty list from a missing one, and both from what is no list', () => {
    const { window, ranked, summary } = setUp({ top: 3 });
    for (const answer of [[], null, undefined, 'item', 5, { 0: 'a' }]) ranked.add(window, answer);
    const [top, length] = [summary('top').kinds, summary('length').kinds];
    assert.deepEqual([length.valid, length.missing, length.wrongType], [1, 2, 3]);
    assert.deepEqual([top.valid, top.missing, top.wrongType], [0, 3, 3]);
  });

  it('take items that are no ids for what they are', () => {
    const { window, ranked, summary } = setUp();
    ranked.add(window, [{ id: 1 }, null, 'a']);
    const { valid, missing, wrongType } = summary('item').kinds;
    assert.deepEqual([valid, missing, wrongType], [1, 1, 1]);
  });

  it('say what there was no room for', () => {
    const version = new ModelVersion(readModel({ name: 'm', version: '1' }), new Losses());
    for (let i = 0; i < MAX_SERIES - 1; i++) version.find('feature', `f${i}`);
    const ranked = new RankedSeries(version, true);
    const window = new WindowRecord<ModelVersion>(version, 0, 60_000);
    ranked.add(window, ['a', 'b']);
    ranked.add(window, null);
    assert.equal(version.losses.total('field-limit'), 2);
    assert.deepEqual(
      [...window.entries()].map(({ field, summary }) => [field, summary.categories.total]),
      [['item', 2]],
    );
  });
});
