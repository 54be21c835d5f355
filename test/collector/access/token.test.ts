import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import { mintToken, readToken } from '../../../collector/src/access/token.ts';

describe('a token', () => {
  test('is read as it was made, and what is kept of it is a hash', () => {
    const { text, id, secretSha256 } = mintToken();
    assert.match(text, /^tmk_[0-9a-f]{24}_[A-Za-z0-9_-]{43}$/);
    assert.deepEqual(readToken(text), { id, secretSha256 });
    const secret = text.slice(29);
    assert.deepEqual(Buffer.from(secretSha256), createHash('sha256').update(secret).digest());
  });

  test('never comes twice', () => {
    const made = Array.from({ length: 1_000 }, () => mintToken());
    assert.equal(new Set(made.map(({ id }) => id)).size, 1_000);
    assert.equal(new Set(made.map(({ text }) => text.slice(29))).size, 1_000);
  });

  test('is nothing else', () => {
    const { text } = mintToken(() => new Uint8Array(32));
    const spoilt = [
      '',
      ' ',
      'tmk_',
      text.slice(0, -1),
      `${text}x`,
      `${text}\n`,
      text.toUpperCase(),
      text.replace('_', '-'),
    ];
    for (const one of spoilt) assert.equal(readToken(one), null, JSON.stringify(one));
  });
});
