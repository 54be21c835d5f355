import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SlackReceiver } from '../../../collector/src/notify/receiver.ts';
import { slackRequest } from '../../../collector/src/notify/slack.ts';
import { checkSlackPayload } from '../../support/receivers.ts';
import { deliveryOf, FILLERS, FIRING, RESOLVED, swollen } from './sample-alert.ts';

const receiver: SlackReceiver = {
  kind: 'slack',
  name: 'oncall',
  url: 'https://hooks.slack.com/services/T0/B0/x',
  allowPrivate: false,
};
const bodyOf = (alert: typeof FIRING) => JSON.parse(slackRequest(receiver, deliveryOf(alert)).body);

test('the payload of a firing', () => {
  const { url, headers } = slackRequest(receiver, deliveryOf(FIRING));
  assert.equal(url, receiver.url);
  assert.deepEqual(headers, { 'content-type': 'application/json' });
  const field = (text: string) => ({ type: 'mrkdwn', text, verbatim: true });
  const plain = (text: string) => ({ type: 'plain_text', text, emoji: false });
  assert.deepEqual(bodyOf(FIRING), {
    text: '[FIRING critical] distance of flight-delay drifted',
    blocks: [
      { type: 'header', text: plain('[FIRING critical] distance of flight-delay drifted') },
      {
        type: 'section',
        text: plain(
          'psi of feature/distance, slice origin=ATL in flight-delay version 2001-02 is 0.4123; the rule fires at &gt; 0.25.\n' +
            'Since 2001-03-04 05:00 UTC, fired 2001-03-04 05:15 UTC, judged 2001-03-04 04:15 UTC to 2001-03-04 05:15 UTC.\n' +
            'Judged on 12,345 valid values against baseline january.\n' +
            'Miles &amp; kilometres &lt;mixed up&gt;?',
        ),
      },
      {
        type: 'section',
        fields: [
          field('*Model*\nflight-delay'),
          field('*Version*\n2001-02'),
          field('*Series*\nfeature/distance, slice origin=ATL'),
          field('*Value*\npsi 0.4123'),
          field('*Threshold*\n&gt; 0.25'),
          field('*Samples*\n12,345'),
          field('*Baseline*\njanuary'),
          field('*Since*\n2001-03-04 05:00 UTC'),
          field('*Severity*\ncritical'),
          field('*Rule*\nflights/FeatureDrift'),
        ],
      },
      {
        type: 'section',
        text: plain('What moved:\n• median 580 -&gt; 933\n• 95 % of the shift is in origin=ATL'),
      },
      {
        type: 'section',
        text: field(
          '<https://tidemark.example/alerts/f00d?from=1&amp;to=2|Open in Tidemark>   <https://runbooks.example/drift|Runbook>',
        ),
      },
    ],
  });
});

test('firing and resolved are valid, with and without evidence and links', () => {
  for (const alert of [FIRING, RESOLVED, { ...FIRING, evidence: [], url: null, annotations: { summary: 's' } }]) {
    assert.deepEqual(checkSlackPayload(bodyOf(alert)), []);
  }
});

for (const filler of FILLERS) {
  test(`stays within every limit when all texts are ${JSON.stringify(filler)} over and over`, () => {
    const body = slackRequest(receiver, deliveryOf(swollen(filler))).body;
    assert.deepEqual(checkSlackPayload(JSON.parse(body)), []);
    assert.ok(body.length < 10_000, `${body.length}`);
  });
}

test('findings are left out from the last one where a message would grow too long', () => {
  const evidence = Array.from({ length: 30 }, (_, index) => `finding ${index} ${'"'.repeat(500)}`);
  const text = JSON.stringify(bodyOf({ ...FIRING, evidence }));
  assert.match(text, /finding 0 /);
  assert.doesNotMatch(text, /finding 29 /);
});

test('nothing an alert says can call out a channel or end a link early', () => {
  const text = slackRequest(
    receiver,
    deliveryOf({ ...FIRING, version: '<!channel>', url: 'https://t.example/a|b?x=<@U1>' }),
  ).body;
  assert.doesNotMatch(text, /<!channel>|<@U1>|a\|b/);
});
