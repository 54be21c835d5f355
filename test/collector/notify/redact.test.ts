import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Receiver } from '../../../collector/src/notify/receiver.ts';
import { redact } from '../../../collector/src/notify/redact.ts';

const SECRET = 'c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0';
const slack: Receiver = {
  kind: 'slack',
  name: 's',
  url: 'https://hooks.slack.com/services/T0123456/B0123456/abcdefghij',
  allowPrivate: false,
};
const pagerduty: Receiver = { ...slack, kind: 'pagerduty', url: 'https://pd.example/x', routingKey: 'a1'.repeat(16) };
const webhook: Receiver = {
  ...slack,
  kind: 'webhook',
  url: 'https://h.example/in%20side/path?token=to%2Fken99&x=1#fragment',
  secrets: [`whsec_${SECRET}`],
};

test('the address behind the host is hidden, whole and in pieces', () => {
  assert.equal(redact(`POST ${slack.url} failed`, slack), 'POST [redacted] failed');
  assert.equal(redact('no route /services/T0123456/B0123456/abcdefghij', slack), 'no route [redacted]');
  assert.equal(
    redact('{"path":"\\/services\\/T0123456\\/B0123456\\/abcdefghij"}', slack).includes('abcdefghij'),
    false,
  );
});

test('queries are hidden, encoded and decoded', () => {
  for (const piece of [webhook.url, 'token=to%2Fken99', 'to%2Fken99', 'to/ken99', 'in%20side', 'in side', 'fragment']) {
    assert.equal(redact(`<${piece}>`, webhook).includes(piece), false, piece);
  }
});

test('routing keys and webhook secrets are hidden, every time they occur', () => {
  assert.equal(redact(`key ${'a1'.repeat(16)} ${'a1'.repeat(16)}`, pagerduty), 'key [redacted] [redacted]');
  assert.equal(redact(`whsec_${SECRET} or ${SECRET}`, webhook), '[redacted] or [redacted]');
});

test('what is no secret stays readable', () => {
  assert.equal(redact('getaddrinfo ENOTFOUND hooks.slack.com', slack), 'getaddrinfo ENOTFOUND hooks.slack.com');
});
