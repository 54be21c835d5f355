import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { OpenParts } from '../../../collector/src/ingest/open-parts.ts';

type Part = { versionId: number; widthMs: number; start: number };

const part = (start: number, versionId = 1): Part => ({ versionId, widthMs: 10, start });
const still = () => 0;

describe('parts of open windows', () => {
  test('a part that is handed out is held no more until it is taken over again', () => {
    const parts = new OpenParts<Part>(10, still);
    parts.adopt(new Map([['a', part(1)]]));
    assert.deepEqual(parts.take('a'), part(1));
    assert.equal(parts.get('a'), undefined);
    assert.equal(parts.take('a'), undefined);
    parts.adopt(new Map([['a', part(1)]]));
    assert.deepEqual(parts.get('a'), part(1));
  });

  test('absence proves nothing for windows up to the newest that was let go of, and everything after it', () => {
    const parts = new OpenParts<Part>(2, still);
    parts.adopt(new Map([['a', part(10)], ['b', part(20)]])); // biome-ignore format: one line
    assert.equal(parts.mayBeStored('c', part(0)), false);
    parts.adopt(new Map([['c', part(30)]]));
    assert.equal(parts.get('a'), undefined, 'the least recently used goes first');
    assert.equal(parts.mayBeStored('a', part(10)), true);
    assert.equal(parts.mayBeStored('x', part(5)), true);
    assert.equal(parts.mayBeStored('x', part(11)), false);
    assert.equal(parts.mayBeStored('b', part(10)), false, 'what is held need not be looked for');
  });

  test('hold as much as the capacity by weight, the latest used first', () => {
    const parts = new OpenParts<Part & { weight: number }>(10, still, ({ weight }) => weight);
    const adopt = (...entries: [string, number][]) =>
      parts.adopt(new Map(entries.map(([key, weight]) => [key, { ...part(1), weight }])));
    adopt(['a', 4], ['b', 4]);
    assert.equal(parts.mayBeStored('c', part(1)), false);
    adopt(['a', 5]);
    assert.ok(parts.get('a') && parts.get('b'), 'what takes the place of a part frees its weight');
    adopt(['c', 2]);
    assert.deepEqual([parts.get('b'), parts.mayBeStored('b', part(1))], [undefined, true]);
    assert.ok(parts.get('a') && parts.get('c'));
    parts.take('a');
    adopt(['d', 8]);
    assert.ok(parts.get('c') && parts.get('d'), 'what is handed out frees its weight too');
  });

  test('what a failed commit touched is looked for in the store, held or not', () => {
    const parts = new OpenParts<Part>(10, still);
    parts.adopt(new Map([['held', part(10)]]));
    parts.forget(new Map([['held', part(10)], ['new', part(20)]])); // biome-ignore format: one line
    assert.equal(parts.mayBeStored('held', part(10)), true);
    assert.equal(parts.mayBeStored('new', part(20)), true);
    assert.equal(parts.mayBeStored('other', part(21)), false);
  });

  test('what has been left alone is let go of when its own model version is some windows further, and nothing else', () => {
    let now = 0;
    const parts = new OpenParts<Part>(100, () => now);
    parts.adopt(new Map([['old', part(10)], ['next', part(20)], ['other', part(10, 2)]])); // biome-ignore format: one line
    now = 2_000;
    parts.adopt(new Map([['young', part(10)], ['newest', part(40)]])); // biome-ignore format: one line
    assert.equal(parts.get('old'), undefined);
    assert.deepEqual([parts.get('next'), parts.get('other'), parts.get('young')], [part(20), part(10, 2), part(10)]);
    assert.equal(parts.size, 4);
    assert.equal(parts.mayBeStored('old', part(10)), true);
    assert.equal(parts.mayBeStored('x', part(11)), false);
    assert.equal(parts.mayBeStored('x', part(10, 2)), false, 'of another version nothing is gone');
    now = 3_999;
    parts.adopt(new Map([['newest', part(40)]]));
    assert.deepEqual(parts.get('young'), part(10), 'not left alone for long enough');
    now = 4_000;
    parts.adopt(new Map([['newest', part(40)]]));
    assert.equal(parts.get('young'), undefined);
    assert.deepEqual(parts.get('next'), part(20), 'not far enough behind');
  });
});
