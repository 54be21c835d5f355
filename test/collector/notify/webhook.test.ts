import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import type { WebhookReceiver } from '../../../collector/src/notify/receiver.ts';
import { webhookRequest } from '../../../collector/src/notify/webhook.ts';
import { webhookKey } from '../../../collector/src/notify/webhook-signature.ts';
import { checkWebhookRequest } from '../../support/receivers.ts';
import { deliveryOf, FILLERS, FIRING, RESOLVED, swollen } from './sample-alert.ts';

const secretOf = (bytes: number) => `whsec_${randomBytes(bytes).toString('base64')}`;
const NEW = secretOf(32);
const OLD = secretOf(24);
const receiver: WebhookReceiver = {
  kind: 'webhook',
  name: 'hook',
  url: 'https://hooks.example/alerts',
  secrets: [NEW, OLD],
  allowPrivate: false,
};
const NOW = Date.UTC(2026, 0, 2, 3, 4, 5, 678);

test('the payload of a firing', () => {
  const { url, headers, body } = webhookRequest(receiver, deliveryOf(FIRING), NOW);
  assert.equal(url, receiver.url);
  assert.equal(headers['webhook-id'], `msg_${'k'.repeat(64)}_7`);
  assert.equal(headers['webhook-timestamp'], '1767323045');
  const { type, timestamp, data } = JSON.parse(body);
  assert.equal(type, 'alert.firing');
  assert.equal(timestamp, '2001-03-04T05:15:00.000Z');
  const { dedupKey, title, lines, ...alert } = data;
  assert.equal(dedupKey, 'k'.repeat(64));
  assert.equal(title, '[FIRING critical] distance of flight-delay drifted');
  assert.equal(lines.length, 4);
  assert.deepEqual(alert, {
    ...FIRING,
    activeAt: '2001-03-04T05:00:00.000Z',
    firedAt: '2001-03-04T05:15:00.000Z',
    spanFrom: '2001-03-04T04:15:00.000Z',
    spanTo: '2001-03-04T05:15:00.000Z',
  });
});

test('a resolve has a type of its own, its time and the same key', () => {
  const { type, timestamp, data } = JSON.parse(webhookRequest(receiver, deliveryOf(RESOLVED), NOW).body);
  assert.equal(type, 'alert.resolved');
  assert.equal(timestamp, '2001-03-04T07:15:00.000Z');
  assert.equal(data.resolvedAt, timestamp);
  assert.equal(data.resolveReason, 'cleared');
  assert.equal(data.dedupKey, 'k'.repeat(64));
});

test('the reference implementation makes the same signature and accepts each secret', () => {
  // Its verify() reads the clock of the machine.
  const { headers, body } = webhookRequest(receiver, deliveryOf(FIRING), Date.now());
  const seconds = Number(headers['webhook-timestamp']);
  const id = headers['webhook-id'] ?? '';
  const signatures = [NEW, OLD].map((secret) => new Webhook(secret).sign(id, new Date(seconds * 1000), body));
  assert.equal(headers['webhook-signature'], signatures.join(' '));
  for (const secret of [NEW, OLD]) assert.deepEqual(new Webhook(secret).verify(body, { ...headers }), JSON.parse(body));
  assert.throws(() => new Webhook(secretOf(24)).verify(body, { ...headers }));
  assert.throws(() => new Webhook(NEW).verify(`${body} `, { ...headers }));
});

test('a later attempt has the same id and body, and a fresh time and signature', () => {
  const first = webhookRequest(receiver, deliveryOf(FIRING), NOW);
  const second = webhookRequest(receiver, deliveryOf(FIRING, { attempt: 2 }), NOW + 60_000);
  assert.equal(second.body, first.body);
  assert.equal(second.headers['webhook-id'], first.headers['webhook-id']);
  assert.notEqual(second.headers['webhook-timestamp'], first.headers['webhook-timestamp']);
  assert.notEqual(second.headers['webhook-signature'], first.headers['webhook-signature']);
});

test('two deliveries of one episode have different ids, so that neither is taken for a repetition', () => {
  const ids = [7, 8].map((id) => webhookRequest(receiver, deliveryOf(FIRING, { id }), NOW).headers['webhook-id']);
  assert.notEqual(ids[0], ids[1]);
});

test('a value that is no number is sent as null', () => {
  const { body } = webhookRequest(receiver, deliveryOf({ ...FIRING, value: Number.NaN }), NOW);
  assert.equal(JSON.parse(body).data.value, null);
});

for (const filler of FILLERS) {
  test(`stays below 20 kB when all texts are ${JSON.stringify(filler)} over and over`, () => {
    const { headers, body } = webhookRequest(receiver, deliveryOf(swollen(filler)), NOW);
    assert.deepEqual(checkWebhookRequest(headers, body, [OLD], NOW), []);
    assert.ok(Buffer.byteLength(body) <= 20_000, `${Buffer.byteLength(body)}`);
    assert.ok(body.isWellFormed());
  });
}

test('a secret is whsec_ and 24 to 64 bytes', () => {
  assert.equal(webhookKey(secretOf(24))?.length, 24);
  assert.equal(webhookKey(secretOf(64))?.length, 64);
  for (const wrong of [
    secretOf(23),
    secretOf(65),
    NEW.slice(6),
    'whsec_',
    'whsec_not base64 at all, but long enough',
  ]) {
    assert.equal(webhookKey(wrong), null, wrong);
  }
  assert.throws(() => webhookRequest({ ...receiver, secrets: ['whsec_short'] }, deliveryOf(FIRING), NOW), {
    message: 'no secret of the receiver can be read',
  });
});
