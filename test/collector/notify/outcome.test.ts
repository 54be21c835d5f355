import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classify, MAX_RETRY_AFTER_MS, retryAfterMs } from '../../../collector/src/notify/outcome.ts';

const NOW = Date.UTC(2026, 0, 1);

test('every status has the outcome of the table, those that do not exist included', () => {
  const later = new Set([408, 425, 429]);
  for (let status = 100; status <= 999; status += 1) {
    const expected = status >= 200 && status < 300 ? 'sent' : later.has(status) || status >= 500 ? 'retry' : 'refused';
    assert.equal(classify(status, undefined, '', NOW).kind, expected, String(status));
  }
  assert.equal(classify(0, undefined, '', NOW).kind, 'refused');
});

test('the outcome says what came', () => {
  assert.deepEqual(classify(202, undefined, 'ok', NOW), { kind: 'sent', status: 202 });
  assert.deepEqual(classify(500, undefined, 'oops', NOW), { kind: 'retry', cause: 'HTTP 500: oops' });
  assert.deepEqual(classify(400, undefined, 'invalid_payload', NOW), {
    kind: 'refused',
    cause: 'HTTP 400: invalid_payload',
  });
  assert.deepEqual(classify(302, undefined, 'see https://elsewhere', NOW), {
    kind: 'refused',
    cause: 'HTTP 302: redirects are not followed',
  });
  assert.deepEqual(classify(410, undefined, '', NOW), {
    kind: 'refused',
    cause: 'HTTP 410 (the endpoint is gone for good)',
  });
});

test('Retry-After is honoured in seconds and as a date', () => {
  assert.deepEqual(classify(429, '30', '', NOW), { kind: 'retry', afterMs: 30_000, cause: 'HTTP 429' });
  assert.deepEqual(classify(503, 'Thu, 01 Jan 2026 00:01:00 GMT', '', NOW), {
    kind: 'retry',
    afterMs: 60_000,
    cause: 'HTTP 503',
  });
  assert.equal(retryAfterMs('Wed, 31 Dec 2025 23:00:00 GMT', NOW), 0);
  assert.equal(retryAfterMs('0', NOW), 0);
});

test('a Retry-After that is nonsense is no answer, one that is far too long is shortened', () => {
  for (const header of [undefined, '', 'soon', '-5 s', 'NaN'])
    assert.equal(retryAfterMs(header, NOW), undefined, header);
  assert.equal(retryAfterMs('99999999999999999999', NOW), MAX_RETRY_AFTER_MS);
});
