import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { create } from '@bufbuild/protobuf';
import type { AgentOptions } from '@tidemark/agent';
import { RefusalSchema, Receipt_Status as Status } from '@tidemark/proto';
import type { Agent } from '../../../agent/src/agent.ts';
import { frame } from '../../../agent/src/export/spool-file.ts';
import { CODES, FakeCollector } from '../fake-collector.ts';
import { MINUTE, makeAgent } from '../make-agent.ts';

const WAIT = { timeoutMs: 10_000 };
const NOW = { timeoutMs: 0 };
const MIB = 1024 * 1024;
const NAMES = Array.from({ length: 20 }, (_, i) => `f${i}`);

describe('an agent with a spool', () => {
  let directory: string;
  let collector: FakeCollector;
  const agents: Agent[] = [];
  const said: string[] = [];
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tidemark-spool-'));
    collector = await new FakeCollector().start();
    said.length = 0;
  });
  afterEach(async () => {
    for (const agent of agents.splice(0)) await agent.stop(NOW);
    collector.kill();
    await rm(directory, { recursive: true });
  });

  function start(maxBytes = 64 * MIB, options: Partial<AgentOptions> = {}) {
    const spool = { directory, maxBytes };
    const log = (message: string) => said.push(message);
    const agent = makeAgent({ collector: collector.address, spool, log, ...options });
    agents.push(agent);
    let minute = 0;
    const predict = agent.wrap((x: number) => x, {
      features: (x) => Object.fromEntries(NAMES.map((name, i) => [name, Math.sin(x * i)])),
      at: () => MINUTE + minute * 60_000,
    });
    const capture = (rows: number, minutes = 1) => {
      for (let each = 0; each < minutes; each++, minute++) for (let i = 0; i < rows; i++) predict(i + minute);
    };
    return { agent, capture };
  }
  /** Captured less everything it should be the sum of; 0. */
  function assertExact(agent: Agent): void {
    const { captured, sent, pending, spooled, dropped } = agent.stats();
    const lost = Object.values(dropped).reduce((sum, count) => sum + count, 0);
    assert.equal(captured, sent + pending + spooled + lost);
  }
  const files = async () => (await readdir(directory)).sort();
  const until = async (holds: () => boolean | Promise<boolean>) => {
    while (!(await holds())) await new Promise((resolve) => setImmediate(resolve));
  };

  it('leaves nothing behind where all is well', async () => {
    const { agent, capture } = start();
    capture(10);
    assert.deepEqual(await agent.flush(WAIT), { delivered: true, pending: 0 });
    await agent.stop(WAIT);
    assert.deepEqual(await files(), []);
    assert.deepEqual([agent.stats().sent, agent.stats().spooled, collector.rows], [10, 0, 10]);
    assertExact(agent);
  });

  it('writes at the end what was not delivered, and the next one delivers it under the ids it had', async () => {
    collector.answer = () => 'silence';
    const first = start();
    first.capture(10);
    await first.agent.flush({ timeoutMs: 100 });
    first.capture(7, 2);
    assert.deepEqual(await first.agent.stop({ timeoutMs: 50 }), { delivered: false, pending: 24 });
    const { spooled, dropped, spool } = first.agent.stats();
    assert.deepEqual([spooled, dropped.stopped, spool.batches], [24, 0, 2]);
    assertExact(first.agent);
    assert.equal((await files()).length, 2);
    const [unanswered] = collector.arrived;

    collector.answer = () => ({});
    const second = start();
    await until(() => second.agent.stats().spool.recovered === 2);
    assert.equal(collector.rows, 24);
    await second.agent.stop(WAIT);
    assert.deepEqual(await files(), []);
    const again = collector.arrived.filter(({ batch }) => batch.sequence === unanswered?.batch.sequence).at(-1);
    assert.deepEqual(again?.batch.sourceId, unanswered?.batch.sourceId);
    assert.deepEqual([second.agent.stats().captured, second.agent.stats().sent], [0, 0]);
  });

  it('counts once what the collector had kept without an answer', async () => {
    collector.answer = () => 'cut-after-keeping';
    const first = start();
    first.capture(10);
    await first.agent.flush({ timeoutMs: 100 });
    await first.agent.stop(NOW);
    assert.deepEqual([collector.rows, first.agent.stats().spooled], [10, 10]);
    await collector.start();
    collector.answer = () => ({});
    const second = start();
    await until(() => second.agent.stats().spool.recovered === 1);
    assert.equal(collector.rows, 10);
  });

  it('tells what the collector refuses of a batch of an earlier run', async () => {
    collector.answer = () => 'silence';
    const first = start();
    first.capture(7);
    await first.agent.flush({ timeoutMs: 100 });
    await first.agent.stop(NOW);
    const refusals = [create(RefusalSchema, { part: 'windows[0]', code: 'too_old', message: 'no', rows: 7n })];
    collector.answer = () => ({ refusals });
    const second = start();
    await until(() => second.agent.stats().spool.recovered === 1);
    assert.equal(second.agent.stats().spool.refusedRows, 7);
  });

  it('moves there what memory has no room for, and delivers it itself when it can', async () => {
    collector.kill();
    const { agent, capture } = start(64 * MIB, { maxQueueBytes: MIB });
    capture(20, 200);
    await agent.flush({ timeoutMs: 50 });
    await until(() => agent.stats().spool.batches > 0);
    assertExact(agent);
    const { spooled, dropped, queueBytes } = agent.stats();
    // What comes faster than a disk can take it is dropped; all else is kept.
    assert.ok(spooled > 0 && queueBytes <= MIB / 2, `${spooled} spooled, ${queueBytes} bytes`);
    await collector.start();
    assert.equal((await agent.flush({ timeoutMs: 30_000 })).pending, 0);
    assert.equal(collector.rows, 4_000 - dropped['queue-full']);
    assert.deepEqual([agent.stats().spooled, agent.stats().sent], [0, collector.rows]);
    assertExact(agent);
    await agent.stop(WAIT);
    assert.deepEqual(await files(), []);
  });

  it('keeps within its bytes: the oldest go, and are counted', async () => {
    collector.kill();
    const { agent, capture } = start(MIB, { maxQueueBytes: MIB });
    while (agent.stats().dropped['spool-full'] === 0) {
      capture(20, 20);
      // Lets the disk follow.
      await agent.flush({ timeoutMs: 5 });
    }
    await agent.stop(NOW);
    const { spooled, dropped, spool } = agent.stats();
    assert.ok(spool.bytes <= MIB, `${spool.bytes} bytes`);
    assert.ok(dropped['spool-full'] > 0 && spooled > 0);
    assertExact(agent);
    await collector.start();
    const next = start(MIB);
    await until(() => next.agent.stats().spool.recovered === spool.batches);
    assert.equal(collector.rows, spooled);
  });

  it('counts what a collector refuses of it', async () => {
    collector.kill();
    const first = start();
    first.capture(10);
    await first.agent.stop({ timeoutMs: 50 });
    await collector.start();
    collector.answer = () => ({ status: Status.REFUSED });
    const second = start();
    await until(() => second.agent.stats().spool.dropped === 1);
    await second.agent.stop(WAIT);
    assert.deepEqual(await files(), []);
  });

  it('gives up a batch for which the stream is refused, and goes on', async () => {
    collector.kill();
    for (let run = 0; run < 2; run++) {
      const each = start();
      each.capture(10);
      await each.agent.stop({ timeoutMs: 50 });
      // The second takes the first's over and puts it back.
      assert.equal((await files()).length, run + 1);
    }
    await collector.start();
    collector.answer = (_, nth) => (nth === 1 ? { code: CODES.INVALID_ARGUMENT as number } : {});
    const last = start();
    await until(() => last.agent.stats().spool.recovered === 1);
    assert.deepEqual([last.agent.stats().spool.dropped, collector.rows], [1, 10]);
  });

  it('waits as a collector asks it to, and sends again', async () => {
    collector.kill();
    const first = start();
    first.capture(10);
    await first.agent.stop({ timeoutMs: 50 });
    await collector.start();
    collector.answer = (_, nth) => (nth === 1 ? { status: Status.RETRY, slowDownMs: 60 } : {});
    const second = start();
    await until(() => second.agent.stats().spool.recovered === 1);
    const [one, two] = collector.arrived;
    assert.ok((two?.atMs ?? 0) - (one?.atMs ?? 0) >= 59);
  });

  it('takes no harm from files that are corrupt, of others, or not what they are named', async () => {
    collector.kill();
    const first = start();
    first.capture(10, 1);
    await first.agent.stop({ timeoutMs: 50 });
    const [name] = await files();
    assert.ok(name !== undefined);
    const good = await readFile(join(directory, name));
    const named = (source: string) => join(directory, `${source.repeat(16)}-00000000000000000001.batch`);
    await writeFile(named('aa'), good.subarray(0, good.length - 1));
    await writeFile(named('bb'), frame(Buffer.from('no protobuf')));
    await writeFile(named('cc'), good);
    await writeFile(join(directory, 'theirs.batch'), 'hello');
    await collector.start();
    const second = start();
    await until(() => second.agent.stats().spool.recovered === 1 && second.agent.stats().spool.bad === 4);
    assert.deepEqual([collector.rows, second.agent.stats().spool.batches], [10, 0]);
    assert.equal((await files()).filter((each) => each.endsWith('.bad')).length, 4);
    assert.equal(
      said.some((message) => message.includes('moved')),
      true,
    );
  });

  it('goes on without a directory that it cannot make', async () => {
    const file = join(directory, 'file');
    await writeFile(file, '');
    const { agent, capture } = start(64 * MIB, { spool: { directory: join(file, 'below') } });
    capture(10);
    assert.deepEqual(await agent.flush(WAIT), { delivered: true, pending: 0 });
    collector.answer = () => 'silence';
    capture(5);
    await agent.stop({ timeoutMs: 50 });
    assert.deepEqual([agent.stats().dropped['spool-full'], agent.stats().sent], [5, 10]);
    assertExact(agent);
    assert.match(said[0] ?? '', /spool: ENOTDIR/);
  });

  it('holds batches that can be understood on their own', async () => {
    const { agent, capture } = start();
    capture(1);
    await agent.flush(WAIT);
    collector.answer = () => 'silence';
    // Described on this stream by the batch before.
    capture(10);
    await agent.flush({ timeoutMs: 50 });
    await agent.stop(NOW);
    collector.kill();
    const fresh = await new FakeCollector().start();
    const next = start(64 * MIB, { collector: fresh.address });
    await until(() => next.agent.stats().spool.recovered === 1);
    assert.equal(fresh.rows, 10);
    fresh.kill();
  });
});
