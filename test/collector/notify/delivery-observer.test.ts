import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DeliveryReport } from '../../../collector/src/notify/delivery-observer.ts';
import type { Outcome } from '../../../collector/src/notify/outcome.ts';
import { named, setUp } from './outbox-set-up.ts';

const DAY = 24 * 3_600_000;

test('every attempt to tell a receiver is told, the last of those given up as such', async (t) => {
  const answers: Outcome[] = [
    { kind: 'retry', cause: 'HTTP 500' },
    { kind: 'sent', status: 200 },
    { kind: 'refused', cause: 'HTTP 404' },
    { kind: 'retry', cause: 'HTTP 500' },
  ];
  const reports: Omit<DeliveryReport, 'durationMs'>[] = [];
  const { outbox, add, advance } = setUp(t, [named('chat')], {
    send: async () => answers.shift()!,
    observer: ({ durationMs, ...report }) => {
      assert.ok(durationMs >= 0);
      reports.push(report);
    },
  });
  outbox.start();
  add('chat');
  await advance(0);
  await advance(8_000);
  add('chat', undefined, 'g');
  await advance(0);
  add('nobody');
  await advance(0);
  add('chat', undefined, 'h');
  await advance(DAY);
  const expected: Omit<DeliveryReport, 'durationMs'>[] = [
    { channel: 'slack', outcome: 'retry', attempt: 1, delayMs: 0 },
    { channel: 'slack', outcome: 'sent', attempt: 2, delayMs: 8_000 },
    { channel: 'slack', outcome: 'refused', attempt: 1, delayMs: 0 },
    { channel: 'unknown', outcome: 'refused', attempt: 1, delayMs: 0 },
    { channel: 'slack', outcome: 'given_up', attempt: 1, delayMs: DAY },
  ];
  assert.deepEqual(reports, expected);
});
