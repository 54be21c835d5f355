import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { type Batch, LIMITS, RefusalSchema, Receipt_Status as Status } from '@tidemark/proto';
import type { Agent } from '../../agent/src/agent.ts';
import { CODES, type FakeCollector } from './fake-collector.ts';
import { MINUTE } from './make-agent.ts';
import { useAgent } from './use-agent.ts';

const WAIT = { timeoutMs: 10_000 };
const accounts = (agent: Agent) => {
  const { captured, sent, pending, dropped } = agent.stats();
  return [captured, sent, pending, dropped.refused, dropped['queue-full']];
};

describe('delivery over a bad line', () => {
  let collector: FakeCollector;
  let agent: Agent;
  let minute = 0;
  let predict: (x: number) => number;

  useAgent((ownAgent, ownCollector) => {
    agent = ownAgent;
    collector = ownCollector;
    minute = 0;
    predict = agent.wrap((x: number) => x, { features: (x) => ({ x }), at: () => MINUTE + minute * 60_000 });
  });

  const capture = (rows: number) => {
    for (let i = 0; i < rows; i++) predict(i);
    minute++;
  };

  for (const when of ['cut-before-keeping', 'cut-after-keeping'] as const) {
    it(`counts everything once when the collector dies: ${when.replaceAll('-', ' ')}`, async () => {
      let restarted: Promise<unknown> = Promise.resolve();
      collector.answer = (_, nth) => {
        if (nth !== 2) return {};
        restarted = new Promise((resolve) => setImmediate(() => resolve(collector.start())));
        return when;
      };
      capture(100);
      await agent.flush(WAIT);
      capture(50);
      assert.deepEqual(await agent.flush(WAIT), { delivered: true, pending: 0 });
      await restarted;
      capture(7);
      await agent.flush(WAIT);
      assert.deepEqual(accounts(agent), [157, 157, 0, 0, 0]);
      assert.equal(collector.rows, 157);
      assert.equal(collector.series('feature/x').kinds.total, 157);
      const [, second, third] = collector.arrived.map(({ batch }) => batch);
      assert.deepEqual(third, second, 'the same batch, sent again, differs');
    });
  }

  it('sends all unanswered batches again, in order, after a reconnection', async () => {
    const big = agent.wrap((n: number) => n, {
      features: (n) => Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`f${i}`, n * i])),
      at: () => MINUTE + minute * 60_000,
    });
    capture(1);
    await agent.flush(WAIT);
    // The first batch of a stream describes the version and travels alone.
    collector.answer = (_, nth) => (nth > 2 ? 'silence' : {});
    for (minute = 1; minute <= 60; minute++) for (let i = 0; i < 10; i++) big(i);
    const flushed = agent.flush(WAIT);
    while (collector.arrived.length < 4) await new Promise((resolve) => setImmediate(resolve));
    collector.kill();
    await collector.start();
    collector.answer = () => ({});
    assert.deepEqual(await flushed, { delivered: true, pending: 0 });
    const { stream: last } = collector.arrived.at(-1) ?? { stream: 0 };
    const sequences = collector.arrived
      .filter(({ stream }) => stream === last)
      .map(({ batch }) => Number(batch.sequence));
    assert.deepEqual(sequences.slice(0, 2), [3, 4]);
    assert.deepEqual(
      sequences,
      [...sequences].sort((a, b) => a - b),
    );
    assert.equal(collector.rows, 601);
    for (const { batch } of collector.arrived) assert.ok(summariesIn(batch) <= LIMITS.maxSummaries);
  });

  it('keeps at most 16 batches unanswered', async () => {
    const wide = agent.wrap((n: number) => n, {
      features: (n) => Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`f${i}`, n])),
      at: () => MINUTE + minute * 60_000,
    });
    collector.answer = (_, nth) => (nth <= 2 ? {} : 'silence');
    capture(1);
    await agent.flush(WAIT);
    for (minute = 1; minute <= 25; minute++) wide(minute);
    const flushed = agent.flush(WAIT);
    while (collector.arrived.length < 2 + LIMITS.maxUnacknowledged)
      await new Promise((resolve) => setImmediate(resolve));
    await agent.flush({ timeoutMs: 50 });
    assert.equal(collector.arrived.length, 2 + LIMITS.maxUnacknowledged);
    assert.equal(agent.stats().pending, 24);
    collector.answer = () => ({});
    collector.kill();
    await collector.start();
    assert.deepEqual(await flushed, { delivered: true, pending: 0 });
    assert.equal(collector.rows, 26);
  });

  it('describes the version again on every new stream', async () => {
    capture(1);
    await agent.flush(WAIT);
    collector.kill();
    await collector.start();
    capture(1);
    await agent.flush(WAIT);
    assert.deepEqual(
      collector.arrived.map(({ batch }) => batch.modelVersions.length),
      [1, 1],
    );
  });

  it('obeys a request to slow down', async () => {
    collector.answer = (_, nth) => (nth === 1 ? { slowDownMs: 80 } : {});
    capture(1);
    await agent.flush(WAIT);
    capture(1);
    await agent.flush(WAIT);
    const [first, second] = collector.arrived;
    // A millisecond for the difference between two timers.
    assert.ok((second?.atMs ?? 0) - (first?.atMs ?? 0) >= 79);
    assert.equal(collector.rows, 2);
  });

  it('sends a batch again that the collector could not keep yet', async () => {
    collector.answer = (_, nth) => (nth <= 2 ? { status: Status.RETRY, slowDownMs: 5 } : {});
    capture(10);
    assert.deepEqual(await agent.flush(WAIT), { delivered: true, pending: 0 });
    assert.deepEqual(
      collector.arrived.map(({ batch }) => Number(batch.sequence)),
      [1, 1, 1],
    );
    assert.deepEqual(accounts(agent), [10, 10, 0, 0, 0]);
  });

  it('counts a refused batch as refused, does not send it again, and tells the loss', async () => {
    collector.answer = (_, nth) => (nth === 1 ? { status: Status.REFUSED } : {});
    capture(10);
    assert.deepEqual(await agent.flush(WAIT), { delivered: false, pending: 0 });
    capture(5);
    assert.deepEqual(await agent.flush(WAIT), { delivered: true, pending: 0 });
    assert.deepEqual(accounts(agent), [15, 5, 0, 10, 0]);
    assert.equal(collector.rows, 5);
    assert.deepEqual(
      collector.losses.map(({ reason, count }) => [reason, Number(count)]),
      [['refused', 10]],
    );
  });

  it('counts a refused window of an accepted batch', async () => {
    const refusal = create(RefusalSchema, { part: 'windows[1]', code: 'too_old', message: 'no', rows: 20n });
    collector.answer = (_, nth) => (nth === 1 ? { refusals: [refusal] } : {});
    capture(10);
    capture(20);
    capture(30);
    assert.deepEqual(await agent.flush(WAIT), { delivered: false, pending: 0 });
    assert.deepEqual(accounts(agent), [60, 40, 0, 20, 0]);
    assert.equal(collector.rows, 40);
  });

  it('counts a refused series as a part, not as inferences', async () => {
    const refusal = create(RefusalSchema, { part: 'windows[0].summaries[1]', code: 'malformed', message: 'no' });
    collector.answer = (_, nth) => (nth === 1 ? { refusals: [refusal] } : {});
    capture(10);
    assert.deepEqual(await agent.flush(WAIT), { delivered: true, pending: 0 });
    assert.deepEqual([...accounts(agent), agent.stats().incomplete['summary-refused']], [10, 10, 0, 0, 0, 10]);
  });

  it('gives up only the first batch when the stream is refused', async () => {
    collector.answer = (_, nth) => (nth === 1 ? { code: CODES.INVALID_ARGUMENT as number } : {});
    capture(10);
    assert.equal((await agent.flush(WAIT)).delivered, false);
    capture(5);
    await agent.flush(WAIT);
    assert.deepEqual(accounts(agent), [15, 5, 0, 10, 0]);
  });

  it('does not send anything after a slow collector has been left for good', async () => {
    collector.answer = () => 'silence';
    capture(10);
    assert.deepEqual(await agent.stop({ timeoutMs: 100 }), { delivered: false, pending: 10 });
    assert.equal(collector.arrived.length, 1);
    const { captured, sent, dropped } = agent.stats();
    assert.deepEqual([captured, sent, dropped.stopped], [10, 0, 10]);
  });
});

function summariesIn(batch: Batch): number {
  return batch.windows.reduce((sum, { summaries }) => sum + summaries.length, 0);
}
