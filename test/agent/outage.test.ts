import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server as TcpServer } from 'node:net';
import { describe, it } from 'node:test';
import { Server, ServerCredentials, type ServerDuplexStream } from '@grpc/grpc-js';
import { REPORT_METHOD, Receipt_Status as Status } from '@tidemark/proto';
import type { Agent } from '../../agent/src/agent.ts';
import { FakeCollector } from './fake-collector.ts';
import { MINUTE, makeAgent } from './make-agent.ts';

const WAIT = { timeoutMs: 10_000 };
const NAMES = Array.from({ length: 5 }, (_, i) => `f${i}`);

function assertExact(agent: Agent): void {
  const { captured, sent, pending, spooled, dropped } = agent.stats();
  assert.equal(captured, sent + pending + spooled + Object.values(dropped).reduce((sum, count) => sum + count, 0));
}

describe('an agent whose collector is away', () => {
  it('for ten minutes and a million calls keeps every count, because windows merge', { timeout: 120_000 }, async () => {
    const collector = await new FakeCollector().start();
    collector.kill();
    let nowMs = MINUTE;
    const agent = makeAgent({ collector: collector.address, clock: { now: () => nowMs } });
    const predict = agent.wrap((x: number) => x, {
      features: (x) => ({ f0: x, f1: -x, f2: x % 7, f3: x % 2, f4: 1 }),
    });
    const CALLS = 1_000_000;
    const FLUSHES = 60;
    for (let flush = 0; flush < FLUSHES; flush++) {
      // Every ten seconds of ten minutes.
      nowMs = MINUTE + flush * 10_000;
      for (let i = Math.ceil((flush * CALLS) / FLUSHES); i < ((flush + 1) * CALLS) / FLUSHES; i++) predict(i);
      await agent.flush({ timeoutMs: 1 });
    }
    const { captured, pending, sent, queueBytes } = agent.stats();
    assert.deepEqual([captured, pending, sent], [CALLS, CALLS, 0]);
    assert.ok(queueBytes < 4 * 1024 * 1024, `${queueBytes} bytes wait`);
    await collector.start();
    assert.deepEqual(await agent.flush(WAIT), { delivered: true, pending: 0 });
    assert.equal(collector.rows, CALLS);
    for (const name of NAMES) assert.equal(collector.series(`feature/${name}`).kinds.valid, CALLS);
    const { min, max, mean } = collector.series('feature/f0').moments;
    assert.deepEqual([min, max, Math.round(mean * 2)], [0, CALLS - 1, CALLS - 1]);
    assert.equal(collector.windows.size, 10);
    assertExact(agent);
    await agent.stop(WAIT);
    collector.kill();
  });

  it('does not lose a window to a collector that takes connections and never answers', async () => {
    const sockets = new Set<import('node:net').Socket>();
    const hung: TcpServer = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => {});
    });
    hung.listen(0, '127.0.0.1');
    await once(hung, 'listening');
    const { port } = hung.address() as { port: number };
    const agent = makeAgent({ collector: `127.0.0.1:${port}` });
    const predict = agent.wrap((x: number) => x, { features: (x) => ({ x }) });
    for (let i = 0; i < 50; i++) {
      predict(i);
      await agent.flush({ timeoutMs: 2 });
    }
    assert.equal(agent.stats().pending, 50);
    assertExact(agent);
    const begin = performance.now();
    assert.deepEqual(await agent.stop({ timeoutMs: 100 }), { delivered: false, pending: 50 });
    assert.ok(performance.now() - begin < 2_000);
    assert.equal(agent.stats().dropped.stopped, 50);
    for (const socket of sockets) socket.destroy();
    hung.close();
    await once(hung, 'close');
  });

  it('loses nothing to one that is slow', async () => {
    const collector = await new FakeCollector().start();
    // A receipt is asked for again and again before it is given: the collector is behind.
    const asked = new Map<bigint, number>();
    collector.answer = ({ sequence }) => {
      const times = (asked.get(sequence) ?? 0) + 1;
      asked.set(sequence, times);
      return times < 3 ? { status: Status.RETRY, slowDownMs: 10 } : { slowDownMs: 10 };
    };
    const agent = makeAgent({ collector: collector.address });
    const predict = agent.wrap((x: number) => x);
    for (let i = 0; i < 5; i++) {
      predict(i);
      await agent.flush(WAIT);
    }
    assert.equal(collector.rows, 5);
    const times = collector.arrived.map(({ atMs }) => atMs);
    for (const [i, atMs] of times.entries()) if (i > 0) assert.ok(atMs - (times[i - 1] ?? 0) >= 9);
    assertExact(agent);
    await agent.stop(WAIT);
    collector.kill();
  });
});

describe('an agent whose collector answers garbage', () => {
  /** A server that answers each batch with bytes of its own. */
  async function garbler(answer: (nth: number) => Buffer | undefined) {
    const server = new Server();
    let batches = 0;
    const method = { ...REPORT_METHOD, responseSerialize: (bytes: Buffer) => bytes };
    const report = (stream: ServerDuplexStream<unknown, Buffer>) => {
      stream.on('data', () => {
        const bytes = answer(++batches);
        if (bytes !== undefined) stream.write(bytes);
      });
      stream.on('end', () => stream.end());
      stream.on('error', () => {});
    };
    server.addService({ report: method }, { report });
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      );
    });
    return { address: `127.0.0.1:${port}`, close: () => server.forceShutdown(), batches: () => batches };
  }

  it('of random bytes keeps what it has, and sends it again', async () => {
    // Seeded: xorshift.
    let state = 0x2545f491;
    const random = () => {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      return state & 0xff;
    };
    const server = await garbler((nth) => Buffer.from(Array.from({ length: 1 + (nth % 60) }, random)));
    const said: string[] = [];
    const agent = makeAgent({ collector: server.address, log: (message) => said.push(message) });
    agent.wrap((x: number) => x)(1);
    const flushed = agent.flush({ timeoutMs: 2_000 });
    while (server.batches() < 20) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(agent.stats().sent, 0);
    await agent.stop({ timeoutMs: 0 });
    assert.equal((await flushed).delivered, false);
    assertExact(agent);
    server.close();
  });

  it('with receipts for batches that were never sent does not take them for its own', async () => {
    const collector = await new FakeCollector().start();
    collector.answer = () => ({ sequence: 99n });
    const agent = makeAgent({ collector: collector.address });
    agent.wrap((x: number) => x)(1);
    assert.deepEqual(await agent.flush({ timeoutMs: 100 }), { delivered: false, pending: 1 });
    assert.deepEqual([agent.stats().sent, agent.stats().queueBatches], [0, 1]);
    assertExact(agent);
    await agent.stop({ timeoutMs: 0 });
    collector.kill();
  });

  it('of a status that does not exist sends again, and obeys ten minutes of a wait of weeks', async () => {
    const collector = await new FakeCollector().start();
    collector.answer = (_, nth) => (nth === 1 ? { status: 99 as Status } : { slowDownMs: 2 ** 32 - 1 });
    const agent = makeAgent({ collector: collector.address });
    const predict = agent.wrap((x: number) => x);
    predict(1);
    assert.deepEqual(await agent.flush(WAIT), { delivered: true, pending: 0 });
    predict(2);
    assert.deepEqual(await agent.flush({ timeoutMs: 30 }), { delivered: false, pending: 1 });
    assert.equal(collector.arrived.length, 2);
    assertExact(agent);
    await agent.stop({ timeoutMs: 0 });
    collector.kill();
  });
});
