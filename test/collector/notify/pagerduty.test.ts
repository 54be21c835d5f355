import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SEVERITIES } from '../../../collector/src/alerting/alert.ts';
import { dedupKey } from '../../../collector/src/notify/dedup-key.ts';
import { pagerDutyRequest } from '../../../collector/src/notify/pagerduty.ts';
import { PAGERDUTY_URL, type PagerDutyReceiver } from '../../../collector/src/notify/receiver.ts';
import { checkPagerDutyPayload } from '../../support/receivers.ts';
import { deliveryOf, FILLERS, FIRING, RESOLVED, swollen } from './sample-alert.ts';

const receiver: PagerDutyReceiver = {
  kind: 'pagerduty',
  name: 'oncall',
  url: PAGERDUTY_URL,
  routingKey: 'R'.repeat(32),
  allowPrivate: false,
};
const bodyOf = (alert: typeof FIRING) => JSON.parse(pagerDutyRequest(receiver, deliveryOf(alert)).body);

test('the payload of a firing', () => {
  assert.equal(pagerDutyRequest(receiver, deliveryOf(FIRING)).url, 'https://events.pagerduty.com/v2/enqueue');
  const { payload, ...event } = bodyOf(FIRING);
  assert.deepEqual(event, {
    routing_key: 'R'.repeat(32),
    dedup_key: 'k'.repeat(64),
    event_action: 'trigger',
    client: 'Tidemark',
    client_url: 'https://tidemark.example/alerts/f00d?from=1&to=2',
    links: [
      { href: 'https://tidemark.example/alerts/f00d?from=1&to=2', text: 'Open in Tidemark' },
      { href: 'https://runbooks.example/drift', text: 'Runbook' },
    ],
  });
  const { custom_details: details, ...rest } = payload;
  assert.deepEqual(rest, {
    summary: '[FIRING critical] distance of flight-delay drifted',
    source: 'flight-delay 2001-02',
    severity: 'critical',
    timestamp: '2001-03-04T05:15:00.000Z',
    component: 'feature/distance',
    group: 'flight-delay',
    class: 'psi',
  });
  assert.equal(details.Value, 'psi 0.4123');
  assert.equal(details.Since, '2001-03-04 05:00 UTC');
  assert.deepEqual(details['What moved'], FIRING.evidence);
  assert.equal(details['What happened'].length, 4);
  assert.deepEqual(details.Labels, FIRING.labels);
});

test('a resolve carries the key of its trigger and nothing that could open an incident', () => {
  assert.deepEqual(bodyOf(RESOLVED), {
    routing_key: 'R'.repeat(32),
    dedup_key: bodyOf(FIRING).dedup_key,
    event_action: 'resolve',
  });
});

test('each severity keeps its name', () => {
  for (const severity of SEVERITIES) {
    const body = bodyOf({ ...FIRING, severity });
    assert.equal(body.payload.severity, severity);
    assert.deepEqual(checkPagerDutyPayload(body), []);
  }
});

test('firing and resolved are valid, also for a model as a whole without links', () => {
  for (const alert of [FIRING, RESOLVED, { ...FIRING, labels: {}, url: null, annotations: { summary: 's' } }]) {
    assert.deepEqual(checkPagerDutyPayload(bodyOf(alert)), []);
  }
});

for (const filler of FILLERS) {
  test(`stays within every limit when all texts are ${JSON.stringify(filler)} over and over`, () => {
    const body = pagerDutyRequest(receiver, deliveryOf(swollen(filler))).body;
    assert.deepEqual(checkPagerDutyPayload(JSON.parse(body)), []);
    assert.ok(Buffer.byteLength(body) <= 512_000);
  });
}

test('the key differs by receiver, alert and episode, and fits', () => {
  const keys = [
    dedupKey('a', 'f', 1),
    dedupKey('b', 'f', 1),
    dedupKey('a', 'g', 1),
    dedupKey('a', 'f', 2),
    dedupKey('af', '', 1),
  ];
  assert.equal(new Set(keys).size, keys.length);
  assert.equal(dedupKey('a', 'f', 1), dedupKey('a', 'f', 1));
  assert.ok(keys.every((key) => /^[0-9a-f]{64}$/.test(key)));
});
