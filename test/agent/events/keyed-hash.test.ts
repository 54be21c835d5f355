import assert from 'node:assert/strict';
import { createHmac, createSecretKey } from 'node:crypto';
import { describe, it } from 'node:test';
import { keyedHash } from '../../../agent/src/events/keyed-hash.ts';

const key = createSecretKey(Buffer.alloc(16, 7));

describe('a keyed hash', () => {
  it('is the beginning of HMAC-SHA-256', () => {
    // RFC 4231, test case 1.
    assert.equal(keyedHash(createSecretKey(Buffer.alloc(20, 0x0b)), 'Hi There'), 'h:b0344c61d8db3853');
    const digest = createHmac('sha256', key).update('größe').digest('hex');
    assert.equal(keyedHash(key, 'größe'), `h:${digest.slice(0, 16)}`);
  });

  it('tells texts and keys apart, long texts by their beginning and length', () => {
    const long = 'x'.repeat(100_000);
    const texts = ['', 'a', 'b', long, `${long}y`, `y${long}`];
    const hashes = texts.map((text) => keyedHash(key, text));
    assert.equal(new Set(hashes).size, texts.length);
    assert.notEqual(keyedHash(createSecretKey(Buffer.alloc(16, 8)), 'a'), hashes[1]);
    for (const hash of hashes) assert.match(hash, /^h:[0-9a-f]{16}$/);
  });
});
