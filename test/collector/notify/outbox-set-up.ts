import type { TestContext } from 'node:test';
import { dedupKey } from '../../../collector/src/notify/dedup-key.ts';
import { Outbox, type OutboxOptions } from '../../../collector/src/notify/outbox.ts';
import type { Receiver } from '../../../collector/src/notify/receiver.ts';
import { startReceiver } from '../../support/receivers.ts';
import { MemoryQueue } from './memory-queue.ts';
import { FIRING } from './sample-alert.ts';

/** When every test begins, ms of the wall clock. */
export const START = Date.UTC(2026, 0, 1);
const SECRET = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
const BACKOFF = { firstMs: 1_000, capMs: 8_000, floorMs: 0 };

/** An outbox over a queue in memory, with a clock that is moved by hand. */
export function setUp(t: TestContext, receivers: Receiver[], over: Partial<OutboxOptions> = {}) {
  const queue = new MemoryQueue();
  const clock = { time: START, now: () => clock.time };
  const warnings: unknown[] = [];
  const make = () =>
    new Outbox({
      queue,
      clock,
      receivers: new Map(receivers.map((receiver) => [receiver.name, receiver])),
      random: () => 0.5,
      log: { warn: (fields, message) => void warnings.push({ ...fields, message }) },
      pollMs: 3_600_000,
      backoff: BACKOFF,
      ...over,
    });
  const outbox = make();
  t.after(() => outbox.stop({ timeoutMs: 0 }));
  const add = (receiver: string, message = FIRING, fingerprint = 'f') =>
    queue.add({ receiver, dedupKey: dedupKey(receiver, fingerprint, 1), message, createdAt: clock.time });
  /** Moves the clock and lets everything happen that is due by then. */
  const advance = async (ms: number) => {
    clock.time += ms;
    outbox.wake();
    await outbox.idle();
  };
  return { queue, clock, outbox, make, add, advance, warnings };
}

/** The local receiver and one receiver of each kind that points at it. */
export async function serve(t: TestContext) {
  const clock = { time: START };
  const local = await startReceiver({ secrets: [SECRET], now: () => clock.time });
  t.after(local.close);
  const common = { allowPrivate: true };
  const receivers: Receiver[] = [
    { ...common, kind: 'slack', name: 'chat', url: local.urls.slack },
    { ...common, kind: 'pagerduty', name: 'pager', url: local.urls.pagerduty, routingKey: 'R'.repeat(32) },
    { ...common, kind: 'webhook', name: 'hook', url: local.urls.webhook, secrets: [SECRET] },
  ];
  const events = () => local.received.map(({ body }) => body as Record<string, string>);
  return { local, receivers, events };
}

/** A receiver for tests that replace the sending. */
export const named = (name: string): Receiver => ({
  kind: 'slack',
  name,
  url: 'http://127.0.0.1:1/',
  allowPrivate: true,
});
