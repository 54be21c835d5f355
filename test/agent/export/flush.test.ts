import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { create, fromBinary } from '@bufbuild/protobuf';
import { BatchSchema, ReceiptSchema, Receipt_Status as Status } from '@tidemark/proto';
import type { Agent } from '../../../agent/src/agent.ts';
import type { Transport } from '../../../agent/src/export/transport.ts';
import { CODES, FakeCollector } from '../fake-collector.ts';
import { MINUTE, makeAgent, NOWHERE } from '../make-agent.ts';
import { useAgent } from '../use-agent.ts';

const accepted = (sequence: bigint) => create(ReceiptSchema, { sequence, status: Status.ACCEPTED });
const WAIT = { timeoutMs: 10_000 };
/** Whether a promise is settled by the time that waiting `ms` is over. */
const settles = (promise: Promise<unknown>, ms: number) =>
  Promise.race([promise.then(() => true), new Promise((resolve) => setTimeout(() => resolve(false), ms).unref())]);

describe('flush and stop', () => {
  it('a flush after the stop answers at once', async () => {
    const agent = makeAgent({}, { transport: NOWHERE });
    agent.wrap((x: number) => x)(1);
    await agent.stop({ timeoutMs: 0 });
    const flushed = agent.flush(WAIT);
    assert.equal(await settles(flushed, 500), true);
    assert.deepEqual(await flushed, { delivered: false, pending: 0 });
  });

  it('a stop ends the flushes that are under way, as not delivered', async () => {
    const agent = makeAgent({}, { transport: NOWHERE });
    agent.wrap((x: number) => x)(1);
    const flushed = agent.flush(WAIT);
    await agent.stop({ timeoutMs: 10 });
    assert.equal(await settles(flushed, 500), true);
    assert.deepEqual(await flushed, { delivered: false, pending: 0 });
  });

  it('answers that all was delivered when a call merely ended after the stop', async () => {
    const collector = await new FakeCollector().start();
    const agent = makeAgent({ collector: collector.address });
    const predict = agent.wrap((x: number) => x);
    predict(1);
    const stopped = agent.stop(WAIT);
    predict(2);
    assert.deepEqual(await stopped, { delivered: true, pending: 0 });
    collector.kill();
  });

  for (const timeoutMs of [Number.POSITIVE_INFINITY, 2 ** 40, Number.NaN, undefined]) {
    it(`waits for as long as it is told, also for ${timeoutMs} ms`, async () => {
      const warnings: string[] = [];
      const note = ({ message }: Error) => warnings.push(message);
      process.on('warning', note);
      const agent = makeAgent({}, { transport: NOWHERE });
      agent.wrap((x: number) => x)(1);
      const flushed = agent.flush({ timeoutMs } as { timeoutMs: number });
      assert.equal(await settles(flushed, 50), false);
      await agent.stop({ timeoutMs: 0 });
      process.off('warning', note);
      assert.deepEqual(warnings, []);
    });
  }

  it('takes options that are none for none', async () => {
    const agent = makeAgent({}, { transport: NOWHERE });
    assert.deepEqual(await agent.flush(null as never), { delivered: true, pending: 0 });
    assert.deepEqual(await agent.stop('now' as never), { delivered: true, pending: 0 });
  });
});

describe('a flush after trouble', () => {
  let collector: FakeCollector;
  let agent: Agent;
  let predict: (x: number) => number;
  let minute = 0;
  useAgent((ownAgent, ownCollector) => {
    agent = ownAgent;
    collector = ownCollector;
    minute = 0;
    predict = agent.wrap((x: number) => x, { features: (x) => ({ x }), at: () => MINUTE + minute * 60_000 });
  }, 0);

  for (const how of ['flush', 'stop'] as const) {
    it(`does not sit out a back-off of our own while the collector is back: ${how}`, async () => {
      collector.answer = (_, nth) => (nth === 1 ? { code: CODES.UNAUTHENTICATED as number } : {});
      predict(1);
      assert.deepEqual(await agent.flush({ timeoutMs: 300 }), { delivered: false, pending: 1 });
      assert.deepEqual(await agent[how]({ timeoutMs: 3_000 }), { delivered: true, pending: 0 });
      assert.equal(collector.rows, 1);
    });
  }

  it('waits as long as the collector asked it to', async () => {
    collector.answer = (_, nth) => (nth === 1 ? { status: Status.RETRY, slowDownMs: 60_000 } : {});
    predict(1);
    for (let i = 0; i < 2; i++) await agent.flush({ timeoutMs: 100 });
    assert.equal(collector.arrived.length, 1);
  });

  it('describes a version again after the batch with its description was refused', async () => {
    // Of a collector that describes by batch: a window whose version it does not know makes the fake fail.
    collector.answer = (_, nth) => (nth === 1 ? { status: Status.REFUSED } : {});
    const wide = agent.wrap((n: number) => n, {
      features: (n) => Object.fromEntries(Array.from({ length: 400 }, (_, i) => [`f${i}`, n])),
      at: () => MINUTE + minute * 60_000,
    });
    for (minute = 0; minute < 3; minute++) wide(minute);
    await agent.flush(WAIT);
    const [first, second] = collector.arrived;
    assert.deepEqual([first?.stream === second?.stream, second?.batch.modelVersions.length], [true, 1]);
    const { captured, sent, dropped } = agent.stats();
    assert.deepEqual([captured, sent, dropped.refused, collector.rows], [3, 2, 1, 2]);
  });

  it('tells losses again that went with a batch for which the stream was refused', async () => {
    const failing = agent.wrap((x: number) => x, {
      features: () => {
        throw new Error('mine');
      },
    });
    collector.answer = (_, nth) => (nth === 1 ? { code: CODES.INVALID_ARGUMENT as number } : {});
    failing(1);
    await agent.flush(WAIT);
    predict(2);
    await agent.flush(WAIT);
    const told = collector.losses.map(({ reason, count }) => `${reason} ${count}`).sort();
    assert.deepEqual(told, ['extractor-failed 1', 'refused 1']);
  });

  it('blames a refused stream on a batch that was on it', async () => {
    let refused = false;
    const transport: Transport = {
      close() {},
      open: ({ onReceipt, onEnd }) => {
        const answer = (sequence: bigint, status: Status) => onReceipt(create(ReceiptSchema, { sequence, status }));
        return {
          write(bytes) {
            const { sequence } = fromBinary(BatchSchema, bytes);
            if (refused || sequence === 1n) answer(sequence, Status.ACCEPTED);
            if (refused || sequence !== 3n) return;
            refused = true;
            answer(2n, Status.RETRY);
            onEnd({ code: CODES.INVALID_ARGUMENT, details: '' });
          },
          end() {},
          cancel() {},
        };
      },
    };
    const own = makeAgent({}, { transport });
    const wide = own.wrap((n: number) => n, {
      features: (n) => Object.fromEntries(Array.from({ length: 400 }, (_, i) => [`f${i}`, n])),
      at: (n) => MINUTE + n * 60_000,
    });
    for (const n of [1, 2, 3, 3, 3]) wide(n);
    await own.flush({ timeoutMs: 3_000 });
    const { sent, pending, dropped } = own.stats();
    assert.deepEqual([sent, pending, dropped.refused], [2, 0, 3]);
    await own.stop({ timeoutMs: 0 });
  });

  it('goes on when what the host calls Date.now is no clock', async (t) => {
    // Without a network: that of grpc-js has deadlines by the same clock.
    const transport: Transport = {
      close() {},
      open: ({ onReceipt }) => ({
        write: (bytes) => onReceipt(accepted(fromBinary(BatchSchema, bytes).sequence)),
        end() {},
        cancel() {},
      }),
    };
    for (const odd of [Date.now() + 0.5, Number.NaN, -1e30]) {
      t.mock.method(Date, 'now', () => odd);
      const own = makeAgent({ clock: { now: () => Number.NaN } }, { transport });
      own.wrap((x: number) => x)(1);
      const flushed = await own.stop({ timeoutMs: 500 });
      t.mock.restoreAll();
      assert.deepEqual([flushed, own.stats().sent], [{ delivered: true, pending: 0 }, 1]);
    }
  });
});
