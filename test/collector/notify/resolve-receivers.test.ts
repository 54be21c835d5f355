import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DeclaredReceiver, resolveReceivers } from '../../../collector/src/notify/resolve-receivers.ts';

const KEY = 'K'.repeat(32);
const WHSEC = `whsec_${Buffer.alloc(24, 3).toString('base64')}`;
const env = (name: string) => ({ kind: 'env', name }) as const;
const plain = (value: string) => ({ kind: 'plain', value }) as const;
const declared: DeclaredReceiver[] = [
  { kind: 'slack', name: 'chat', allowPrivate: false, url: env('SLACK_URL') },
  { kind: 'pagerduty', name: 'pager', allowPrivate: false, routingKey: env('PD_KEY'), url: null },
  { kind: 'webhook', name: 'hook', allowPrivate: true, url: plain('http://10.0.0.1/x'), secrets: [plain(WHSEC)] },
];

test('secrets come from the file or the environment, PagerDuty has a public address', () => {
  const { receivers, mistakes } = resolveReceivers(declared, { SLACK_URL: 'https://hooks.slack.com/x', PD_KEY: KEY });
  assert.deepEqual(mistakes, []);
  assert.deepEqual(
    [...receivers.values()],
    [
      { kind: 'slack', name: 'chat', allowPrivate: false, url: 'https://hooks.slack.com/x' },
      {
        kind: 'pagerduty',
        name: 'pager',
        allowPrivate: false,
        url: 'https://events.pagerduty.com/v2/enqueue',
        routingKey: KEY,
      },
      { kind: 'webhook', name: 'hook', allowPrivate: true, url: 'http://10.0.0.1/x', secrets: [WHSEC] },
    ],
  );
});

test('every mistake is told by name, and none quotes a secret', () => {
  const { receivers, mistakes } = resolveReceivers(declared, { PD_KEY: 'hunter2' });
  assert.deepEqual([...receivers.keys()], ['hook']);
  assert.equal(mistakes.length, 2);
  assert.equal(mistakes[0], 'receiver chat: the environment variable SLACK_URL is not set');
  assert.match(mistakes[1] ?? '', /^receiver pager: routing key must be 32/);
  assert.doesNotMatch(mistakes.join(), /hunter2/);
});
