import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { AgentError } from '@tidemark/agent';
import { lifecycleSuite } from '../support/lifecycle.ts';
import { FakeCollector } from './fake-collector.ts';
import { MINUTE, makeAgent, NOWHERE } from './make-agent.ts';

const WAIT = { timeoutMs: 10_000 };

describe('an agent with a collector', () => {
  let collector: FakeCollector;
  beforeEach(async () => {
    collector = await new FakeCollector().start();
  });
  const done = async (agent: { stop(options: { timeoutMs: number }): Promise<unknown> }) => {
    await agent.stop(WAIT);
    collector.kill();
  };

  it('delivers every inference and value exactly once, in windows of their own time', async () => {
    const agent = makeAgent({ collector: collector.address });
    const predict = agent.wrap(
      async (row: { hour: number; origin: string | null; at: number }) => ({ late: row.hour > 12, p: 0.75 }),
      {
        features: ({ hour, origin }) => ({ hour, origin }),
        prediction: ({ late }) => late,
        confidence: ({ p }) => ({ p }),
        at: ({ at }) => at,
      },
    );
    for (let i = 0; i < 600; i++) {
      await predict({
        hour: i % 24,
        origin: i % 10 === 0 ? null : `A${i % 3}`,
        at: MINUTE + (i % 3) * 60_000 + (i % 60_000),
      });
    }
    assert.deepEqual(await agent.flush(WAIT), { delivered: true, pending: 0 });

    assert.deepEqual(
      [...collector.windows].map(([key, { rows, errors }]) => [key, rows, errors]),
      [
        [`flight-delay 1 ${MINUTE}`, 200, 0],
        [`flight-delay 1 ${MINUTE + 60_000}`, 200, 0],
        [`flight-delay 1 ${MINUTE + 120_000}`, 200, 0],
      ],
    );
    const hour = collector.series('feature/hour');
    assert.deepEqual([hour.kinds.valid, hour.moments.min, hour.moments.max, hour.moments.mean], [600, 0, 23, 11.5]);
    const origin = collector.series('feature/origin');
    assert.deepEqual([origin.kinds.valid, origin.kinds.missing, origin.categories.count('A1')], [540, 60, 180]);
    assert.equal(collector.series('prediction/value').categories.count('true'), 275);
    assert.equal(collector.series('confidence/p').moments.mean, 0.75);
    assert.equal(collector.series('latency/call_ms').kinds.valid, 600);
    const { captured, sent, pending } = agent.stats();
    assert.deepEqual({ captured, sent, pending }, { captured: 600, sent: 600, pending: 0 });
    await done(agent);
  });

  it('adds deltas of one window over several flushes', async () => {
    const agent = makeAgent({ collector: collector.address });
    const predict = agent.wrap((x: number) => x, { features: (x) => ({ x }) });
    for (let flush = 1; flush <= 3; flush++) {
      for (let i = 0; i < 10; i++) predict(i);
      await agent.flush(WAIT);
    }
    assert.equal(collector.windows.size, 1);
    assert.equal(collector.rows, 30);
    assert.equal(collector.series('feature/x').digest.count, 30);
    await done(agent);
  });

  it('counts failed calls as rows and errors, and keeps what went in', async () => {
    const agent = makeAgent({ collector: collector.address });
    const predict = agent.wrap(
      async (x: number) => {
        if (x % 2 === 1) throw new Error('odd');
        return x;
      },
      { features: (x) => ({ x }), prediction: (y) => y },
    );
    for (let i = 0; i < 10; i++) await predict(i).catch(() => {});
    await agent.flush(WAIT);
    assert.deepEqual([collector.rows, collector.errors], [10, 5]);
    assert.equal(collector.series('feature/x').kinds.total, 10);
    assert.equal(collector.series('prediction/value').kinds.total, 5);
    await done(agent);
  });

  it('keeps several versions apart and describes each before its first window', async () => {
    const fields = [{ stage: 'feature', field: 'x', kind: 'number', min: 0, max: 4 } as const];
    const agent = makeAgent({
      collector: collector.address,
      model: { name: 'flight-delay', version: '1', tags: { team: 'ops' }, fields },
    });
    const two = agent.model({
      name: 'flight-delay',
      version: '2',
      gitCommit: 'abc',
      dataset: { uri: 's3://x', from: '2001-01-01' },
    });
    const options = { features: (x: number) => ({ x }) };
    const one = agent.wrap((x: number) => x, options);
    const other = two.wrap((x: number) => -x, options);
    const same = agent.wrap((x: number) => x, { ...options, model: { name: 'flight-delay', version: '2' } });
    for (let i = 0; i < 10; i++) [one(i), other(i), same(i)];
    await agent.flush(WAIT);
    assert.deepEqual(
      [collector.series('feature/x').kinds.valid, collector.series('feature/x', '2').kinds.valid],
      [10, 20],
    );
    assert.equal(collector.series('feature/x').kinds.outOfRange, 5);
    const first = collector.described.get('flight-delay 1');
    assert.deepEqual(
      [first?.tags, first?.fields[0]?.max, collector.described.get('flight-delay 2')?.dataset?.uri],
      [{ team: 'ops' }, 4, 's3://x'],
    );
    assert.throws(() => agent.model({ name: 'flight-delay', version: '2', gitCommit: 'other' }), AgentError);
    await done(agent);
  });

  it('adds the fields of a step without rows or errors', async () => {
    const agent = makeAgent({ collector: collector.address });
    const scale = agent.wrap((x: number) => x / 10, { role: 'step', input: (x) => ({ raw: x }) });
    const predict = agent.wrap((x: number) => scale(x) > 0.5, { prediction: (late) => late });
    const fails = agent.wrap(() => assert.fail('no'), { role: 'step' });
    for (let i = 0; i < 10; i++) predict(i);
    assert.throws(() => fails());
    await agent.flush(WAIT);
    assert.deepEqual([collector.rows, collector.errors], [10, 0]);
    assert.deepEqual(
      [collector.series('input/raw').kinds.valid, collector.series('latency/step_ms').kinds.valid],
      [10, 11],
    );
    await done(agent);
  });

  it('tells losses with the next batch, and alone when there is nothing else', async () => {
    const agent = makeAgent({ collector: collector.address });
    const predict = agent.wrap((x: number) => x, {
      features: () => {
        throw new Error('mine');
      },
    });
    predict(1);
    predict(2);
    await agent.flush(WAIT);
    assert.deepEqual(
      collector.losses.map(({ version, reason, count }) => [version, reason, Number(count)]),
      [['1', 'extractor-failed', 2]],
    );
    assert.equal(collector.rows, 2);
    await done(agent);
  });

  it('is bare after stop, and counts what it no longer delivers', async () => {
    const agent = makeAgent({ collector: collector.address });
    let open = (_: number) => {};
    const slow = agent.wrap(() => new Promise<number>((resolve) => (open = resolve)), { prediction: (x) => x });
    const predict = agent.wrap((x: number) => x + 1, { features: (x) => ({ x }) });
    predict(1);
    const waiting = slow();
    assert.deepEqual(await agent.stop(WAIT), { delivered: true, pending: 0 });
    open(7);
    assert.equal(await waiting, 7);
    assert.equal(predict(1), 2);
    const { captured, sent, pending, dropped } = agent.stats();
    assert.deepEqual([captured, sent, pending, dropped.stopped], [3, 1, 0, 2]);
    await done(agent);
  });

  it('sends by itself on its interval', async () => {
    const agent = makeAgent({ collector: collector.address, flushIntervalMs: 100 });
    const arrived = new Promise<void>((resolve) => {
      collector.answer = () => {
        resolve();
        return {};
      };
    });
    agent.wrap((x: number) => x)(1);
    await arrived;
    assert.equal(collector.rows, 1);
    await done(agent);
  });
});

describe('an agent without a collector', () => {
  it('gives up a flush after its time and says what is pending', async () => {
    const agent = makeAgent({}, { transport: NOWHERE });
    const predict = agent.wrap((x: number) => x);
    for (let i = 0; i < 5; i++) predict(i);
    assert.deepEqual(await agent.flush({ timeoutMs: 20 }), { delivered: false, pending: 5 });
    assert.deepEqual(await agent.stop({ timeoutMs: 20 }), { delivered: false, pending: 5 });
    const { captured, sent, pending, dropped } = agent.stats();
    assert.deepEqual([captured, sent, pending, dropped.stopped], [5, 0, 0, 5]);
  });

  it('leaves everything as it is when it is not enabled', async () => {
    const agent = makeAgent({ enabled: false });
    const fn = (x: number) => x;
    assert.equal(agent.wrap(fn), fn);
    assert.throws(() => agent.wrap(fn, { role: 'other' as never }), AgentError);
    assert.deepEqual(await agent.stop(WAIT), { delivered: true, pending: 0 });
  });

  it('keeps at most 256 versions apart', async () => {
    const agent = makeAgent({}, { transport: NOWHERE });
    for (let i = 2; i <= 256; i++) agent.model({ name: 'flight-delay', version: `${i}` });
    assert.throws(() => agent.model({ name: 'flight-delay', version: '257' }), { code: 'TIDEMARK_MODEL_LIMIT' });
    assert.doesNotThrow(() => agent.model({ name: 'flight-delay', version: '256' }));
    assert.throws(() => agent.wrap(5 as never), { code: 'TIDEMARK_NOT_WRAPPABLE' });
    await agent.stop({ timeoutMs: 0 });
  });

  it('stays within its memory, merging windows first and then dropping the oldest by count', async () => {
    const agent = makeAgent({ maxQueueBytes: 1024 * 1024 }, { transport: NOWHERE });
    const names = Array.from({ length: 20 }, (_, i) => `f${i}`);
    let minute = 0;
    const predict = agent.wrap((x: number) => x, {
      features: (x) => Object.fromEntries(names.map((name, i) => [name, x * i])),
      at: () => MINUTE + minute * 60_000,
    });
    for (minute = 0; minute < 200; minute++) for (let i = 0; i < 50; i++) predict(i + Math.sin(i * minute));
    await agent.flush({ timeoutMs: 50 });
    const { captured, sent, pending, dropped, queueBytes } = agent.stats();
    assert.ok(queueBytes <= 512 * 1024, `${queueBytes} bytes wait`);
    assert.ok(dropped['queue-full'] > 0 && pending > 0);
    assert.equal(captured, sent + pending + dropped['queue-full'] + dropped.refused + dropped.stopped);
    assert.equal(captured, 10_000);
    await agent.stop({ timeoutMs: 0 });
  });
});

describe('life', () => {
  const collector = new FakeCollector();
  before(() => collector.start());
  after(() => collector.kill());
  lifecycleSuite('agent', {
    make: () => {
      const agent = makeAgent({ collector: collector.address });
      agent.wrap((x: number) => x)(1);
      return agent;
    },
  });
});
