import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { Worker } from 'node:worker_threads';
import type { Agent } from '../../agent/src/agent.ts';
import { FakeCollector } from './fake-collector.ts';
import { MINUTE, makeAgent } from './make-agent.ts';

const WAIT = { timeoutMs: 10_000 };
const HOUR = 3_600_000;

describe('what an agent says of itself', () => {
  let collector: FakeCollector;
  let agent: Agent;
  let predict: (x: number) => number;
  beforeEach(async () => {
    collector = await new FakeCollector().start();
    agent = makeAgent({ collector: collector.address });
    predict = agent.wrap((x: number) => x, { features: (x) => ({ x }) });
  });
  afterEach(async () => {
    await agent.stop(WAIT);
    collector.kill();
  });
  const call = (times: number) => {
    for (let i = 0; i < times; i++) predict(i);
  };
  const healthOf = (nth: number) => {
    const health = collector.arrived[nth]?.batch.health;
    assert.ok(health !== undefined, `batch ${nth} says nothing`);
    return health;
  };
  const countsOf = (nth: number) => {
    const { captured, sent, pending, dropped } = healthOf(nth);
    assert.equal(captured, sent + pending + dropped);
    return [captured, sent, pending, dropped].map(Number);
  };

  it('adds up in every batch, to the inference', async () => {
    call(10);
    await agent.flush(WAIT);
    call(5);
    await agent.flush(WAIT);
    assert.deepEqual(
      [countsOf(0), countsOf(1)],
      [
        [10, 0, 10, 0],
        [15, 10, 5, 0],
      ],
    );
    assert.equal(healthOf(1).bytesSent > 0n, true);
    assert.ok(healthOf(1).cpuMs > 0 && healthOf(1).cpuMs < 1_000, `${healthOf(1).cpuMs} ms of work`);
    assert.ok(healthOf(0).queueBytes > 0n);
    const { bytesSent, cpuMs, queueBatches, queueBytes } = agent.stats();
    assert.ok(bytesSent > Number(healthOf(1).bytesSent) && cpuMs >= healthOf(1).cpuMs);
    assert.deepEqual([queueBatches, queueBytes], [0, 0]);
  });

  it('includes the windows in which nothing was served, once each and when they are over', async () => {
    let now = MINUTE;
    await agent.stop(WAIT);
    agent = makeAgent({ collector: collector.address, clock: { now: () => now } });
    const first = collector.arrived.length;
    agent.wrap((x: number) => x, { features: (x) => ({ x }) })(1);
    agent.model({ name: 'never-asked', version: '1' });
    for (now of [MINUTE + 30_000, MINUTE + 61_000, MINUTE + 119_000, MINUTE + 121_000]) await agent.flush(WAIT);
    const windows = collector.arrived.slice(first).flatMap(({ batch }) => batch.windows);
    assert.deepEqual(
      windows.map(({ model, startUnixMs, rows, summaries }) => [
        model,
        Number(startUnixMs) - MINUTE,
        Number(rows),
        summaries.length > 0,
      ]),
      [
        ['flight-delay', 0, 1, true],
        ['flight-delay', 60_000, 0, false],
      ],
    );
    assert.deepEqual(
      [
        agent.stats().captured,
        agent.stats().pending,
        Object.values(agent.stats().dropped).reduce((sum, n) => sum + n, 0),
      ],
      [1, 0, 0],
    );
  });

  it('tells how far the event loop was behind since the previous batch', async () => {
    call(1);
    await agent.flush(WAIT);
    assert.equal(healthOf(0).eventLoopDelayP99Ms, 0);
    // The monitor has to have ticked before the loop is held up, and once after.
    await new Promise((resolve) => setTimeout(resolve, 60));
    const until = performance.now() + 300;
    while (performance.now() < until) call(1);
    await new Promise((resolve) => setTimeout(resolve, 60));
    await agent.flush(WAIT);
    const { eventLoopDelayP99Ms } = healthOf(1);
    assert.ok(eventLoopDelayP99Ms > 200, `${eventLoopDelayP99Ms} ms`);
    assert.equal(agent.stats().eventLoopDelayP99Ms, eventLoopDelayP99Ms);
  });

  it('tells how far its clock is ahead of a collector that tells the time', async () => {
    collector.answer = (_, nth) => (nth === 1 ? { answeredAtUnixMs: BigInt(Date.now() - HOUR) } : {});
    assert.equal(agent.stats().clockSkewMs, 0);
    call(1);
    await agent.flush(WAIT);
    call(1);
    await agent.flush(WAIT);
    const skew = Number(healthOf(1).clockSkewMs);
    assert.ok(Math.abs(skew - HOUR) < 1_000, `${skew} ms`);
    assert.deepEqual([Number(healthOf(0).clockSkewMs), agent.stats().clockSkewMs], [0, skew]);
  });

  for (const answeredAtUnixMs of [-1n, 2n ** 63n - 1n, -(2n ** 63n)]) {
    it(`does not believe a collector whose clock shows ${answeredAtUnixMs}`, async () => {
      collector.answer = () => ({ answeredAtUnixMs });
      call(1);
      assert.equal((await agent.flush(WAIT)).delivered, true);
      assert.equal(agent.stats().clockSkewMs, 0);
    });
  }

  it('counts what waits with a collector that does not answer', async () => {
    collector.answer = () => 'silence';
    call(3);
    await agent.flush({ timeoutMs: 50 });
    const { queueBatches, queueBytes, pending, sent } = agent.stats();
    assert.deepEqual([queueBatches, pending, sent], [1, 3, 0]);
    assert.ok(queueBytes > 0);
    await agent.stop({ timeoutMs: 0 });
  });

  it('names the worker thread it runs in', async () => {
    const program = `
      import('@tidemark/agent').then(async ({ createAgent }) => {
        const agent = createAgent({ collector: '${collector.address}', model: { name: 'm', version: '1' } });
        agent.wrap((x) => x)(1);
        await agent.flush({ timeoutMs: 10000 });
      });`;
    const worker = new Worker(program, { eval: true });
    const id = worker.threadId;
    await new Promise((resolve) => worker.once('exit', resolve));
    call(1);
    await agent.flush(WAIT);
    const [theirs, ours] = collector.arrived.map(({ batch }) => batch);
    assert.deepEqual([theirs?.agent?.threadId, theirs?.agent?.pid], [id, process.pid]);
    assert.deepEqual([ours?.agent?.threadId, ours?.agent?.pid], [0, process.pid]);
    assert.notDeepEqual(theirs?.sourceId, ours?.sourceId);
  });
});
