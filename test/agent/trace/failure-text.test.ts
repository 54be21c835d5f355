import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { failureText } from '../../../agent/src/trace/failure-text.ts';

describe('the text of a failure', () => {
  it('is one short line', () => {
    assert.equal(failureText(new RangeError('no\n  good')), 'RangeError: no good');
    assert.equal(failureText(new Error('x'.repeat(1_000))).length, 200);
  });

  it('is found for whatever was thrown', () => {
    const hostile = new Error();
    Object.defineProperty(hostile, 'message', { get: () => assert.fail('theirs') });
    const proxy = new Proxy(
      {},
      {
        get: () => assert.fail('theirs'),
        getPrototypeOf: () => assert.fail('theirs'),
      },
    );
    for (const thrown of [undefined, null, 1n, Symbol('s'), 'text', () => {}, {}, hostile, proxy]) {
      assert.equal(typeof failureText(thrown), 'string');
    }
  });
});
