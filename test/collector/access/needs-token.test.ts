import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { needsToken, readableByOthers } from '../../../collector/src/access/needs-token.ts';

describe('who needs a token', () => {
  const LOCAL = ['127.0.0.1:7411', 'localhost:0', '[::1]:7410', '127.8.0.1:1'];
  const REMOTE = [
    '0.0.0.0:7411',
    '[::]:7411',
    '10.0.0.1:7411',
    'collector:7411',
    '127.0.0.1.example:7411',
    '[::ffff:10.0.0.1]:1',
  ];

  test('is nobody where only this machine can reach the collector, unless it is asked for', () => {
    assert.equal(needsToken('auto', LOCAL), false);
    assert.equal(needsToken('token', LOCAL), true);
  });

  test('is everybody as soon as one address can be reached from elsewhere, unless it is switched off', () => {
    for (const address of REMOTE) {
      assert.equal(needsToken('auto', [...LOCAL, address]), true, address);
      assert.equal(needsToken('none', [address]), false, address);
    }
  });

  test('is told where others could read it: plain, and not of this machine alone', () => {
    assert.deepEqual(readableByOthers([...LOCAL, ...REMOTE], false), REMOTE);
    assert.deepEqual(readableByOthers(REMOTE, true), []);
  });
});
