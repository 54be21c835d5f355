import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Receiver, receiverMistakes } from '../../../collector/src/notify/receiver.ts';

const slack: Receiver = {
  kind: 'slack',
  name: 'oncall',
  url: 'https://hooks.slack.com/services/x',
  allowPrivate: false,
};
const whsec = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;

test('receivers in order have no mistakes', () => {
  assert.deepEqual(receiverMistakes(slack), []);
  assert.deepEqual(receiverMistakes({ ...slack, kind: 'pagerduty', routingKey: 'a'.repeat(32) }), []);
  assert.deepEqual(receiverMistakes({ ...slack, kind: 'webhook', secrets: [whsec] }), []);
});

test('every mistake is told at once, and none quotes a secret', () => {
  const mistakes = receiverMistakes({
    ...slack,
    name: '',
    url: 'hooks/secret',
    kind: 'webhook',
    secrets: [whsec, 'hunter2'],
  });
  assert.equal(mistakes.length, 3);
  assert.match(mistakes.join('\n'), /url must .*\nname must .*\nsecret 2 must /s);
  assert.doesNotMatch(mistakes.join(), /hooks\/secret|hunter2/);
});

test('addresses that are not http or carry a password are mistakes', () => {
  for (const url of ['ftp://a.example/x', 'file:///etc/passwd', 'https://user:word@a.example/', '']) {
    assert.equal(receiverMistakes({ ...slack, url }).length, 1, url);
  }
});

test('a routing key has 32 characters, a webhook at least one secret', () => {
  assert.equal(receiverMistakes({ ...slack, kind: 'pagerduty', routingKey: 'a'.repeat(31) }).length, 1);
  assert.equal(receiverMistakes({ ...slack, kind: 'webhook', secrets: [] }).length, 1);
});
