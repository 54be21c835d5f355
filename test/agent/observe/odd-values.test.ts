import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import vm from 'node:vm';
import type { Agent } from '../../../agent/src/agent.ts';
import type { WrapOptions } from '../../../agent/src/observe/wrap-options.ts';
import type { FakeCollector } from '../fake-collector.ts';
import { MINUTE, makeAgent, NOWHERE } from '../make-agent.ts';
import { useAgent } from '../use-agent.ts';

const WAIT = { timeoutMs: 10_000 };

describe('odd things that extractors return', () => {
  let collector: FakeCollector;
  let agent: Agent;
  useAgent((ownAgent, ownCollector) => {
    agent = ownAgent;
    collector = ownCollector;
  });

  const cyclic: Record<string, unknown> = { x: 1 };
  cyclic.self = cyclic;
  const FIELDS: Record<string, { readonly fields: object; readonly valid: Record<string, number> }> = {
    'a cyclic object': { fields: cyclic, valid: { x: 1 } },
    'a frozen object without a prototype': {
      fields: Object.freeze(Object.assign(Object.create(null), { x: 1 })),
      valid: { x: 1 },
    },
    'names of Object.prototype': {
      fields: JSON.parse('{"__proto__": 1, "constructor": 2, "hasOwnProperty": 3}'),
      valid: { __proto__: 1, constructor: 1, hasOwnProperty: 1 },
    },
    'a getter': {
      fields: {
        get x() {
          return 1;
        },
      },
      valid: { x: 1 },
    },
    'a proxy': { fields: new Proxy({ x: 1 }, {}), valid: { x: 1 } },
    'values of no kind': {
      fields: { x: 1, date: new Date(0), fn: () => 1, symbol: Symbol('s'), nested: {} },
      valid: { x: 1 },
    },
    'a big integer and a text of a megabyte': {
      fields: { x: 5n, text: 'x'.repeat(2 ** 20) },
      valid: { x: 1, text: 1 },
    },
  };
  for (const [name, { fields, valid }] of Object.entries(FIELDS)) {
    it(`are read for what they have: ${name}`, async () => {
      const predict = agent.wrap((x: number) => x, { features: () => fields });
      for (let i = 0; i < 40; i++) assert.equal(predict(i), i);
      await agent.flush(WAIT);
      for (const [field, each] of Object.entries(valid))
        assert.equal(collector.series(`feature/${field}`).kinds.valid, each * 40, field);
      assert.equal(collector.rows, 40);
    });
  }

  const FAILING: Record<string, (x: number) => object> = {
    'a Map': () => new Map([['x', 1]]),
    'a Set': () => new Set([1]),
    'a Date': () => new Date(0),
    'a boxed text': () => Object('text') as object,
    'a promise of another realm': () => vm.runInNewContext('Promise.reject(new Error("theirs"))') as object,
    'a rejected promise': () => Promise.reject(new Error('theirs')),
    'a getter that throws': () => ({
      get x(): never {
        throw new Error('theirs');
      },
    }),
    'a proxy that throws': () =>
      new Proxy(
        {},
        {
          ownKeys: () => {
            throw new Error('theirs');
          },
        },
      ),
  };
  for (const [name, features] of Object.entries(FAILING)) {
    it(`are counted where they name no values: ${name}`, async () => {
      const rejections: unknown[] = [];
      const note = (error: unknown) => rejections.push(error);
      process.on('unhandledRejection', note);
      const predict = agent.wrap((x: number) => x, { features });
      assert.equal(predict(3), 3);
      await new Promise((resolve) => setImmediate(resolve));
      process.off('unhandledRejection', note);
      const { incomplete, captured } = agent.stats();
      assert.deepEqual([incomplete['extractor-failed'] + incomplete['capture-failed'], captured], [1, 1]);
      assert.deepEqual(rejections, []);
    });
  }

  const refuse = () => Promise.reject(new Error('theirs'));
  const many = () => Object.fromEntries(Array.from({ length: 600 }, (_, i) => [`f${i}`, i]));
  const REFUSING: Record<string, WrapOptions<[x: number], number>> = {
    'a field of every row': { features: () => ({ a: 1, b: refuse() }) },
    'a field that was a number': { features: (x: number) => ({ a: x < 45 ? x : refuse() }) },
    'a field that was a category': { features: (x: number) => ({ a: x < 45 ? 'DE' : refuse() }) },
    'a field there is no room for': { features: () => ({ ...many(), z: refuse() }) },
    'a field of the prototype': {
      features: (x: number) => (x < 45 ? { b: 1 } : Object.create({ b: refuse() })),
    },
    'items of a list': { features: (x: number) => ({ list: [x, x].map(refuse) }) },
    'a component of a vector': { features: (x: number) => ({ list: x < 45 ? [x, x] : [x, refuse()] }) },
    'a ranked list': { prediction: refuse, ranked: true },
    'items of a ranked list': { prediction: (x: number) => [x, x].map(refuse), ranked: true },
    'what a guard reads once more': {
      features: () => ({
        get b() {
          return refuse();
        },
      }),
      guard: { fields: { b: { type: 'number' } } },
    },
  };
  for (const [name, options] of Object.entries(REFUSING)) {
    it(`end no process by a promise that is rejected: ${name}`, async () => {
      const rejections: unknown[] = [];
      const note = (error: unknown) => rejections.push(error);
      process.on('unhandledRejection', note);
      const predict = agent.wrap((x: number) => x, options);
      for (let i = 0; i < 50; i++) assert.equal(predict(i), i);
      await agent.flush(WAIT);
      process.off('unhandledRejection', note);
      assert.deepEqual(rejections, []);
      assert.equal(collector.rows, 50);
    });
  }

  it('make no rejection of ours where a time, a clock or a log is a promise', async () => {
    const rejections: unknown[] = [];
    const note = (error: unknown) => rejections.push(error);
    process.on('unhandledRejection', note);
    const late = async () => Promise.reject(new Error('theirs'));
    const own = makeAgent({ clock: { now: late as never }, log: late as never });
    const predict = own.wrap((x: number) => x, { at: late as never });
    assert.equal(predict(3), 3);
    await own.flush({ timeoutMs: 200 });
    await own.stop({ timeoutMs: 0 });
    process.off('unhandledRejection', note);
    assert.deepEqual(rejections, []);
    assert.equal(own.stats().captured, 1);
  });

  it('are kept, also when the extractor flushes before it returns them', async () => {
    const predict = agent.wrap((x: number) => x, {
      features: (x) => {
        void agent.flush(WAIT);
        return { x };
      },
      prediction: (x) => {
        void agent.flush(WAIT);
        return x;
      },
    });
    for (let i = 0; i < 10; i++) predict(i);
    await agent.flush(WAIT);
    const [fed, answered] = [collector.series('feature/x'), collector.series('prediction/value')];
    assert.deepEqual([fed.kinds.valid, answered.kinds.valid, collector.rows], [10, 10, 10]);
  });

  it('are kept or counted as lost where a getter flushes while they are read', async () => {
    const CALLS = 200;
    let flushes = 0;
    const predict = agent.wrap((x: number) => x, {
      features: (x) => ({
        a: x,
        get b() {
          if (x % 10 === 9) {
            flushes++;
            void agent.flush(WAIT);
          }
          return x;
        },
        c: x,
      }),
    });
    for (let i = 0; i < CALLS; i++) predict(i);
    await agent.flush(WAIT);
    assert.ok(flushes >= CALLS / 10);
    assert.equal(collector.rows, CALLS);
    const { incomplete } = agent.stats();
    for (const field of ['a', 'b', 'c']) {
      const { valid } = collector.series(`feature/${field}`).kinds;
      assert.ok(valid <= CALLS && valid + incomplete['capture-failed'] >= CALLS, `${field}: ${valid} of ${CALLS}`);
    }
    assert.ok(incomplete['capture-failed'] <= flushes);
  });

  it('file a call under the time it names, however odd, and under the clock where it names none', async () => {
    const times = [
      0,
      1.5,
      8.64e15,
      MINUTE - 1e9,
      MINUTE,
      Number.NaN,
      -1,
      Number.POSITIVE_INFINITY,
      8.64e15 + 1,
      'soon',
    ];
    const predict = agent.wrap((at: unknown) => at, { at: (at) => at as number });
    for (const at of times) predict(at);
    assert.deepEqual(await agent.flush(WAIT), { delivered: true, pending: 0 });
    const rows = Object.fromEntries([...collector.windows].map(([key, { rows }]) => [key.split(' ')[2], rows]));
    assert.deepEqual(rows, {
      0: 2,
      [`${Math.floor(8.64e15 / 6e4) * 6e4}`]: 1,
      [`${Math.floor((MINUTE - 1e9) / 6e4) * 6e4}`]: 1,
      [`${MINUTE}`]: 6,
    });
  });

  it('are read no further than the limit of fields, however many there are', async () => {
    let reads = 0;
    const fields = new Proxy(Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`f${i}`, i])), {
      get: (target, name, receiver) => {
        reads += 1;
        return Reflect.get(target, name, receiver);
      },
    });
    const predict = agent.wrap((x: number) => x, { features: () => fields });
    predict(0);
    reads = 0;
    for (let i = 0; i < 20; i++) predict(i);
    assert.ok(reads > 0 && reads <= 20 * 501, `${reads / 20} values read a call`);
    assert.equal(agent.stats().incomplete['field-limit'], 21);
  });
});

it('categories cut out of large texts do not keep the large texts in memory', async () => {
  setFlagsFromString('--expose-gc');
  const collect = vm.runInNewContext('gc') as () => void;
  const agent = makeAgent({}, { transport: NOWHERE });
  const predict = agent.wrap((tag: string) => tag.length, { features: (tag) => ({ tag }) });
  const MIB = 2 ** 20;
  const tagOf = (i: number) => `${`${i}`.padStart(24, '0')}${'.'.repeat(MIB)}`.concat('\n').slice(0, 24);
  predict(tagOf(0));
  collect();
  const before = process.memoryUsage().heapUsed;
  for (let i = 1; i <= 64; i++) predict(tagOf(i));
  collect();
  const grown = process.memoryUsage().heapUsed - before;
  assert.ok(grown < 16 * MIB, `${Math.round(grown / MIB)} MiB are kept by 64 categories of 24 bytes`);
  await agent.stop({ timeoutMs: 0 });
});
