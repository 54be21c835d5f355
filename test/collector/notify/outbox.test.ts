import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FIRING_GIVE_UP_MS } from '../../../collector/src/notify/backoff.ts';
import { dedupKey } from '../../../collector/src/notify/dedup-key.ts';
import { HOLD_MS } from '../../../collector/src/notify/outbox.ts';
import type { Outcome } from '../../../collector/src/notify/outcome.ts';
import type { Receiver } from '../../../collector/src/notify/receiver.ts';
import type { Delivery } from '../../../collector/src/notify/translation.ts';
import { named, serve, setUp } from './outbox-set-up.ts';
import { FIRING, RESOLVED } from './sample-alert.ts';

test('firing and resolve reach all three channels once each, valid and in order', async (t) => {
  const { local, receivers } = await serve(t);
  const { queue, outbox, add } = setUp(t, receivers);
  for (const message of [FIRING, RESOLVED]) for (const { name } of receivers) add(name, message);
  outbox.start();
  await outbox.idle();
  assert.deepEqual(
    local.received.flatMap(({ mistakes }) => mistakes),
    [],
  );
  for (const channel of ['slack', 'pagerduty', 'webhook']) {
    const got = local.received.filter((one) => one.channel === channel).map(({ text }) => text);
    assert.equal(got.length, 2);
    assert.match(got[1] ?? '', /RESOLVED|"resolve"/);
  }
  assert.deepEqual(
    queue.rows.map(({ state, notes }) => [state, notes]),
    [200, 202, 204, 200, 202, 204].map((status) => ['sent', [`HTTP ${status}`]]),
  );
});

test('a trigger and its resolve carry one key', async (t) => {
  const { receivers, events } = await serve(t);
  const { outbox, add } = setUp(t, receivers);
  add('pager', FIRING);
  add('pager', RESOLVED);
  outbox.start();
  await outbox.idle();
  const [trigger, resolve] = events();
  assert.deepEqual([trigger?.event_action, resolve?.event_action], ['trigger', 'resolve']);
  assert.equal(trigger?.dedup_key, resolve?.dedup_key);
});

test('a resolve waits until its trigger got through', async (t) => {
  const { local, receivers, events } = await serve(t);
  const { outbox, add, advance } = setUp(t, receivers);
  add('pager', FIRING);
  add('pager', RESOLVED);
  local.next({ kind: 'status', status: 500 }, { kind: 'reset' });
  outbox.start();
  await outbox.idle();
  assert.deepEqual(
    events().map((event) => event.event_action),
    ['trigger'],
  );
  await advance(8_000);
  assert.deepEqual(
    events().map((event) => event.event_action),
    ['trigger', 'trigger'],
  );
  await advance(8_000);
  assert.deepEqual(
    events().map((event) => event.event_action),
    ['trigger', 'trigger', 'trigger', 'resolve'],
  );
});

test('a receiver that asks for patience is left in peace for as long, by every alert', async (t) => {
  const { local, receivers } = await serve(t);
  const { queue, outbox, add, advance } = setUp(t, receivers);
  const first = add('chat', FIRING, 'one');
  const second = add('chat', FIRING, 'two');
  const elsewhere = add('pager', FIRING, 'one');
  local.next({ kind: 'status', status: 429, headers: { 'retry-after': '30' } });
  outbox.start();
  await outbox.idle();
  assert.deepEqual(queue.row(first).notes, ['HTTP 429']);
  assert.deepEqual(queue.row(second).notes, ['waits for its receiver: HTTP 429']);
  assert.equal(queue.row(elsewhere).state, 'sent');
  await advance(29_999);
  assert.equal(local.received.length, 2);
  await advance(1);
  assert.deepEqual([queue.row(first).state, queue.row(second).state], ['sent', 'sent']);
});

test('waits grow with the attempts', async (t) => {
  const send = async (): Promise<Outcome> => ({ kind: 'retry', cause: 'HTTP 500' });
  const { queue, clock, outbox, add, advance } = setUp(t, [named('chat')], { send });
  const id = add('chat');
  outbox.start();
  await outbox.idle();
  const waits = [];
  for (let attempt = 1; attempt <= 5; attempt += 1) {
    const wait = queue.row(id).dueAt - clock.time;
    waits.push(wait);
    await advance(wait);
  }
  assert.deepEqual(waits, [500, 1_000, 2_000, 4_000, 4_000]);
});

test('one that always fails does not hold up the others of its receiver', async (t) => {
  const send = async (_: Receiver, { dedupKey: key }: Delivery): Promise<Outcome> =>
    key === dedupKey('chat', 'poison', 1) ? { kind: 'retry', cause: 'HTTP 500' } : { kind: 'sent', status: 200 };
  const { queue, outbox, add, advance } = setUp(t, [named('chat')], { send });
  const poison = add('chat', FIRING, 'poison');
  const others = [add('chat', FIRING, 'two'), add('chat', FIRING, 'three')];
  outbox.start();
  await outbox.idle();
  await advance(1_000);
  await advance(1_000);
  assert.equal(queue.row(poison).state, 'waiting');
  assert.deepEqual(
    others.map((id) => queue.row(id).state),
    ['sent', 'sent'],
  );
});

test('what is refused is not tried again, and the reason is kept', async (t) => {
  const { local, receivers } = await serve(t);
  const { queue, outbox, add, advance, warnings } = setUp(t, receivers);
  const id = add('chat');
  const unknown = add('nobody');
  local.next({ kind: 'status', status: 404, body: 'channel_not_found' });
  outbox.start();
  await outbox.idle();
  await advance(FIRING_GIVE_UP_MS);
  assert.equal(local.received.length, 1);
  assert.equal(queue.row(id).state, 'refused');
  assert.deepEqual(queue.row(id).notes, ['HTTP 404: channel_not_found']);
  assert.deepEqual(queue.row(unknown).notes, ['no receiver of this name is configured']);
  assert.doesNotMatch(JSON.stringify(warnings), /local-receiver-token/);
});

test('an old firing is tried once more and then given up; its resolve goes on', async (t) => {
  let outcome: Outcome = { kind: 'retry', cause: 'HTTP 500' };
  const { queue, clock, outbox, add, advance } = setUp(t, [named('pager')], { send: async () => outcome });
  const trigger = add('pager', FIRING);
  const resolve = add('pager', RESOLVED);
  clock.time += FIRING_GIVE_UP_MS;
  outbox.start();
  await outbox.idle();
  assert.equal(queue.row(trigger).state, 'refused');
  assert.deepEqual(queue.row(trigger).notes, ['given up: HTTP 500']);
  assert.equal(queue.row(resolve).state, 'waiting');
  outcome = { kind: 'sent', status: 202 };
  await advance(8_000);
  assert.equal(queue.row(resolve).state, 'sent');
});

test('a crash between sending and writing it down repeats it under the same key', async (t) => {
  const { receivers, local } = await serve(t);
  const { queue, clock, outbox, make, add } = setUp(t, receivers);
  const ids = [add('pager'), add('hook')];
  queue.failing = 2;
  outbox.start();
  await outbox.idle();
  assert.deepEqual(
    ids.map((id) => queue.row(id).state),
    ['waiting', 'waiting'],
  );
  assert.equal(await outbox.stop({ timeoutMs: 100 }), false);
  clock.time += 60_000;
  const next = make();
  t.after(() => next.stop({ timeoutMs: 0 }));
  next.start();
  await next.idle();
  assert.deepEqual(
    ids.map((id) => queue.row(id).state),
    ['sent', 'sent'],
  );
  const keys = (channel: string) =>
    local.received
      .filter((one) => one.channel === channel)
      .map(({ body, headers }) => (body as Record<string, string>).dedup_key ?? headers['webhook-id']);
  for (const channel of ['pagerduty', 'webhook']) {
    const [first, again, ...more] = keys(channel);
    assert.ok(first);
    assert.equal(first, again);
    assert.deepEqual(more, []);
  }
});

test('each receiver is told one thing at a time, different receivers at once', async (t) => {
  const open: { name: string; finish: () => void }[] = [];
  const send = ({ name }: Receiver): Promise<Outcome> =>
    new Promise((resolve) => open.push({ name, finish: () => resolve({ kind: 'sent', status: 200 }) }));
  const { outbox, add } = setUp(t, [named('a'), named('b')], { send });
  for (const fingerprint of ['1', '2']) for (const name of ['a', 'b']) add(name, FIRING, fingerprint);
  outbox.start();
  const order = [];
  for (let step = 0; step < 2; step += 1) {
    await new Promise(setImmediate);
    order.push(open.map(({ name }) => name).sort());
    for (const { finish } of open.splice(0)) finish();
  }
  await outbox.idle();
  assert.deepEqual(order, [
    ['a', 'b'],
    ['a', 'b'],
  ]);
});

test('what waited too long behind others is put back before its lease runs out', async (t) => {
  const { queue, clock, outbox, add } = setUp(t, [named('a')], {
    send: async () => {
      clock.time += HOLD_MS;
      return { kind: 'sent', status: 200 };
    },
  });
  add('a', FIRING, '1');
  const second = add('a', FIRING, '2');
  outbox.start();
  await outbox.idle();
  assert.deepEqual(queue.row(second).notes, ['waited behind others for its receiver', 'HTTP 200']);
});

test('a queue that is away is asked again', async (t) => {
  const { queue, outbox, add, advance, warnings } = setUp(t, [named('a')], {
    send: async () => ({ kind: 'sent', status: 200 }),
  });
  const id = add('a');
  const claim = queue.claim.bind(queue);
  queue.claim = () => Promise.reject(new Error('database away'));
  outbox.start();
  await outbox.idle();
  assert.match(JSON.stringify(warnings), /deliveries could not be claimed/);
  queue.claim = claim;
  await advance(0);
  assert.equal(queue.row(id).state, 'sent');
});
