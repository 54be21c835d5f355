import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { chooseGroup } from '../../../collector/src/ingest/choose-group.ts';

type One = { readonly touches: readonly string[]; readonly summaries: number; readonly name: string };
const one = (name: string, summaries: number, ...touches: string[]): One => ({ name, summaries, touches });
const names = (some: readonly One[]) => some.map(({ name }) => name).join('');

/** Names of the group and of the rest. */
const chosen = (waiting: readonly One[], underWay: readonly One[] = []) => {
  const { group, rest } = chooseGroup(waiting, underWay, 2);
  return [names(group), names(rest)];
};

describe('a group', () => {
  test('is all that waits where that is little', () => {
    assert.deepEqual(chosen([]), ['', '']);
    assert.deepEqual(chosen([one('a', 100, 'x'), one('b', 411, 'y')]), ['ab', '']);
  });

  test('is half of what waits where that is much, the other half being for the next', () => {
    assert.deepEqual(chosen(['a', 'b', 'c', 'd'].map((name) => one(name, 200, name))), ['ab', 'cd']);
    assert.deepEqual(chosen([one('a', 5_000, 'x')]), ['a', '']);
  });

  test('is a part of what waits by how many commits there are to be, or all of it', () => {
    const waiting = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => one(name, 200, name));
    for (const [among, size] of [[1, 6], [2, 3], [3, 2], [6, 1]] as const) // biome-ignore format: one line
      assert.equal(chooseGroup(waiting, [], among).group.length, size);
  });

  test('is more the more is under way already', () => {
    const waiting = ['a', 'b', 'c', 'd'].map((name) => one(name, 200, name));
    assert.deepEqual(chosen(waiting, [one('z', 400, 'z')]), ['abc', 'd']);
    assert.deepEqual(chosen(waiting, [one('z', 800, 'z')]), ['abcd', '']);
  });

  test('has nothing of what is under way, nor of what came before and has to wait for that', () => {
    const underWay = [one('z', 10, 'z')];
    assert.deepEqual(chosen([one('a', 1, 'z', 'x'), one('b', 1, 'x'), one('c', 1, 'y')], underWay), ['c', 'ab']);
    assert.deepEqual(chosen([one('a', 1, 'z')], underWay), ['', 'a']);
  });

  test('is not torn apart from what touches the same, unless that would have to go before another', () => {
    const big = (name: string, ...touches: string[]) => one(name, 400, ...touches);
    assert.deepEqual(chosen([big('a', 'x'), big('b', 'y'), big('c', 'z'), big('d', 'x')]), ['abd', 'c']);
    assert.deepEqual(chosen([big('a', 'x'), big('b', 'y'), big('c', 'z'), big('d', 'x', 'z')]), ['ab', 'cd']);
    assert.deepEqual(chosen(['a', 'b', 'c', 'd'].map((name) => big(name, 'same'))), ['abcd', '']);
  });
});
