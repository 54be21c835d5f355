import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Categories } from '@tidemark/sketch';
import { readAgain, readKeys } from '../../sketch/src/read-keys.ts';
import { isAnyReadTwice } from '../../sketch/src/repeated-key.ts';

/** 4 000 different keys, and the same with the last like the first; both in an order that their counts give. */
function read(last: string): void {
  const categories = new Categories({ cap: 4_096 });
  for (let i = 0; i < 4_000; i++) categories.add(`key-${String(i).padStart(4, '0')}`, 5_000 - i);
  const bytes = categories.toBytes();
  bytes.set(Buffer.from(last), bytes.length - 16 - last.length);
  readAgain(bytes);
}

describe('isAnyReadTwice', () => {
  it('finds the one key that is there twice', () => {
    read('key-0000');
    assert.equal(isAnyReadTwice(), true);
    read('key-3999');
    assert.equal(isAnyReadTwice(), false);
  });

  it('finds it also among keys that share one hash', () => {
    read('key-0000');
    readKeys.hashes.fill(7);
    assert.equal(isAnyReadTwice(), true);
    read('key-3999');
    readKeys.hashes.fill(7);
    assert.equal(isAnyReadTwice(), false);
  });
});
