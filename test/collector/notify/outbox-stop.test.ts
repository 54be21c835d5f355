import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Outcome } from '../../../collector/src/notify/outcome.ts';
import { named, START, serve, setUp } from './outbox-set-up.ts';
import { FIRING } from './sample-alert.ts';

test('stop finishes the request in flight and puts back what waits', async (t) => {
  let finish: (outcome: Outcome) => void = () => {};
  const send = (): Promise<Outcome> => new Promise((resolve) => (finish = resolve));
  const { queue, outbox, add } = setUp(t, [named('a')], { send });
  const [first, second] = [add('a', FIRING, '1'), add('a', FIRING, '2')];
  outbox.start();
  await new Promise(setImmediate);
  const stopped = outbox.stop({ timeoutMs: 60_000 });
  assert.equal(outbox.stop({ timeoutMs: 1 }), stopped);
  finish({ kind: 'sent', status: 200 });
  assert.equal(await stopped, false);
  assert.equal(queue.row(first).state, 'sent');
  assert.deepEqual(queue.row(second).notes, ['not sent before the collector stopped']);
  assert.ok(queue.row(second).dueAt <= START);
  const { claims } = queue;
  outbox.start();
  outbox.wake();
  assert.equal(queue.claims, claims);
});

test('stop answers true where everything got out, also before start', async (t) => {
  const sent: Outcome = { kind: 'sent', status: 200 };
  const { outbox, make, add } = setUp(t, [named('a')], { send: async () => sent });
  assert.equal(await make().stop({ timeoutMs: 0 }), true);
  add('a');
  outbox.start();
  await outbox.idle();
  assert.equal(await outbox.stop({ timeoutMs: 1_000 }), true);
});

test('stop breaks off what takes too long, and that is written down', async (t) => {
  const { local, receivers } = await serve(t);
  const { queue, outbox, add } = setUp(t, receivers);
  const id = add('chat');
  const arrived = new Promise<void>((resolve) => {
    const poll = () => (local.received.length > 0 ? resolve() : setImmediate(poll));
    poll();
  });
  local.next({ kind: 'hang' });
  outbox.start();
  await arrived;
  assert.equal(await outbox.stop({ timeoutMs: 10 }), false);
  assert.equal(queue.row(id).state, 'waiting');
  assert.deepEqual(queue.row(id).notes, ['given up before an answer came']);
});
