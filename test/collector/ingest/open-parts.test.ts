import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { OpenParts } from '../../../collector/src/ingest/open-parts.ts';

const part = (start: number) => ({ start });

describe('parts of open windows', () => {
  test('a part that is handed out is held no more until it is taken over again', () => {
    const parts = new OpenParts<{ start: number }>(10);
    parts.adopt(new Map([['a', part(1)]]));
    assert.deepEqual(parts.take('a'), part(1));
    assert.equal(parts.get('a'), undefined);
    assert.equal(parts.take('a'), undefined);
    parts.adopt(new Map([['a', part(1)]]));
    assert.deepEqual(parts.get('a'), part(1));
  });

  test('absence proves nothing for windows up to the newest that was let go of, and everything after it', () => {
    const parts = new OpenParts<{ start: number }>(2);
    parts.adopt(new Map([['a', part(10)], ['b', part(20)]])); // biome-ignore format: one line
    assert.equal(parts.mayBeStored('c', 0), false);
    parts.adopt(new Map([['c', part(30)]]));
    assert.equal(parts.get('a'), undefined, 'the least recently used goes first');
    assert.equal(parts.mayBeStored('a', 10), true);
    assert.equal(parts.mayBeStored('x', 5), true);
    assert.equal(parts.mayBeStored('x', 11), false);
    assert.equal(parts.mayBeStored('b', 10), false, 'what is held need not be looked for');
  });

  test('hold as much as the capacity by weight, the latest used first', () => {
    const parts = new OpenParts<{ start: number; weight: number }>(10, ({ weight }) => weight);
    const adopt = (...entries: [string, number][]) =>
      parts.adopt(new Map(entries.map(([key, weight]) => [key, { start: 1, weight }])));
    adopt(['a', 4], ['b', 4]);
    assert.equal(parts.mayBeStored('c', 1), false);
    adopt(['a', 5]);
    assert.ok(parts.get('a') && parts.get('b'), 'what takes the place of a part frees its weight');
    adopt(['c', 2]);
    assert.deepEqual([parts.get('b'), parts.mayBeStored('b', 1)], [undefined, true]);
    assert.ok(parts.get('a') && parts.get('c'));
    parts.take('a');
    adopt(['d', 8]);
    assert.ok(parts.get('c') && parts.get('d'), 'what is handed out frees its weight too');
  });

  test('what a failed commit touched is looked for in the store, held or not', () => {
    const parts = new OpenParts<{ start: number }>(10);
    parts.adopt(new Map([['held', part(10)]]));
    parts.forget(new Map([['held', part(10)], ['new', part(20)]])); // biome-ignore format: one line
    assert.equal(parts.mayBeStored('held', 10), true);
    assert.equal(parts.mayBeStored('new', 20), true);
    assert.equal(parts.mayBeStored('other', 21), false);
  });
});
