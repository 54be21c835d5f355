import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { types } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import vm from 'node:vm';
import type { Agent } from '../../../agent/src/agent.ts';
import type { FakeCollector } from '../fake-collector.ts';
import { useAgent } from '../use-agent.ts';

const WAIT = { timeoutMs: 10_000 };
const failure = new TypeError('theirs');

/** Yields 1 to `n`, telling what it was sent; a negative `n` throws after the last. */
async function* count(n: number): AsyncGenerator<number, string, string | undefined> {
  for (let i = 1; i <= Math.abs(n); i++) {
    const sent = yield i;
    if (sent === 'skip') i++;
  }
  if (n < 0) throw failure;
  return 'end';
}

/** Not a generator: its iterator is another object, and it has a private field, as streams of clients have. */
class TokenStream {
  readonly #tokens = ['a', 'b', 'c'];
  closed = 0;
  get size(): number {
    return this.#tokens.length;
  }
  [Symbol.asyncIterator](): AsyncIterator<string> {
    const tokens = this.#tokens.values();
    return {
      next: async () => tokens.next(),
      return: async () => {
        this.closed++;
        return { done: true, value: undefined };
      },
    };
  }
}

describe('a wrapped function that answers a stream', () => {
  let collector: FakeCollector;
  let agent: Agent;
  useAgent((ownAgent, ownCollector) => {
    agent = ownAgent;
    collector = ownCollector;
  });
  const ended = () => {
    const { categories } = collector.series('step:stream/ended');
    return ['done', 'return', 'throw', 'abandoned'].map((how) => categories.count(how));
  };

  it('counts when the stream ends, with its items, its first item and the last one as the answer', async () => {
    const wrapped = agent.wrap(count, { features: (n) => ({ n }), prediction: (last) => last });
    const seen: number[] = [];
    for await (const item of wrapped(5)) {
      seen.push(item);
      assert.equal(agent.stats().captured, 0);
    }
    assert.deepEqual(seen, [1, 2, 3, 4, 5]);
    assert.equal(agent.stats().captured, 1);
    await agent.flush(WAIT);
    assert.deepEqual([collector.rows, collector.errors], [1, 0]);
    assert.equal(collector.series('feature/n').moments.mean, 5);
    assert.equal(collector.series('prediction/value').moments.mean, 5);
    assert.equal(collector.series('step:stream/items').moments.mean, 5);
    assert.deepEqual(ended(), [1, 0, 0, 0]);
    const [first, whole] = ['first_item_ms', 'call_ms'].map(
      (field) => collector.series(`latency/${field}`).moments.max,
    );
    assert.ok(first !== undefined && whole !== undefined && first > 0 && first <= whole);
  });

  it('gathers the items for the extractors, the last of them where there are many', async () => {
    const answers: number[][] = [];
    const wrapped = agent.wrap(count, {
      collect: (items) => [...items],
      keep: 3,
      prediction: (items) => {
        answers.push(items);
        return items.length;
      },
    });
    for (const n of [0, 2, 3, 100]) for await (const _ of wrapped(n));
    assert.deepEqual(answers, [[], [1, 2], [1, 2, 3], [98, 99, 100]]);
  });

  it('counts an early end as an end, and a failure as a failure', async () => {
    const wrapped = agent.wrap(count, { prediction: (last) => last });
    for await (const item of wrapped(5)) if (item === 2) break;
    await assert.rejects(async () => {
      for await (const _ of wrapped(-2));
    }, failure);
    const stream = wrapped(5);
    await stream.next();
    await assert.rejects(stream.throw(failure), failure);
    assert.deepEqual(await wrapped(5).return('early'), { done: true, value: 'early' });
    await agent.flush(WAIT);
    assert.deepEqual([collector.rows, collector.errors], [4, 2]);
    assert.deepEqual(ended(), [0, 2, 2, 0]);
    assert.equal(collector.series('prediction/value').moments.max, 2);
  });

  it('answers the generator object itself, with the looks and steps it has', async () => {
    const wrapped = agent.wrap(count);
    const [stream, bare] = [wrapped(3), count(3)];
    assert.ok(types.isGeneratorObject(stream) && types.isGeneratorFunction(wrapped) === false);
    assert.equal(Object.getPrototypeOf(stream), wrapped.prototype);
    assert.equal(stream[Symbol.asyncIterator](), stream);
    assert.deepEqual(Object.keys(stream), Object.keys(bare));
    for (const step of ['next', 'return', 'throw'] as const)
      assert.deepEqual([stream[step].name, stream[step].length], [bare[step].name, bare[step].length]);
    const steps = async (generator: typeof bare) => [
      await generator.next('unheard'),
      await generator.next('skip'),
      await generator.next(),
      await generator.next(),
    ];
    assert.deepEqual(await steps(stream), await steps(bare));
    await assert.rejects(Reflect.apply(stream.next, undefined, []) as unknown as Promise<unknown>, TypeError);
    const [a, b] = [wrapped(1), count(1)];
    const atOnce = (generator: typeof bare) => Promise.all([generator.next(), generator.next(), generator.next()]);
    assert.deepEqual(await atOnce(a), await atOnce(b));
  });

  it('adds one tick to a step, and takes none before it is asked', async () => {
    const ticksOf = async (stream: AsyncGenerator<number>) => {
      let ticks = 0;
      let done = false;
      void stream.next().then(() => {
        done = true;
      });
      while (!done) {
        await null;
        ticks++;
      }
      return ticks;
    };
    let started = 0;
    const wrapped = agent.wrap(async function* () {
      started++;
      yield 1;
      yield 2;
    });
    const [stream, bare] = [wrapped(), count(1)];
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(started, 0);
    assert.ok((await ticksOf(stream)) <= (await ticksOf(bare)) + 1);
    assert.equal(started, 1);
  });

  it('leaves a stream that the function did not make as it is, unless asked', async () => {
    const tokens = new TokenStream();
    assert.equal(agent.wrap(() => tokens)(), tokens);
    assert.equal(agent.stats().captured, 1);
    assert.equal(await agent.wrap(async () => tokens)(), tokens);
    const list = [1, 2];
    assert.equal(agent.wrap(() => list)(), list);
    const generator = agent.wrap(function* () {
      yield 1;
    })();
    assert.deepEqual(Reflect.ownKeys(generator), []);
    assert.deepEqual(Reflect.ownKeys(agent.wrap(count, { stream: false })(1)), []);
  });

  it('follows any stream by a stand-in when asked to', async () => {
    const wrapped = agent.wrap(async (tokens: TokenStream) => tokens, {
      stream: true,
      collect: (items: readonly string[]) => items.join(''),
      prediction: (text) => text,
    });
    const tokens = new TokenStream();
    const stream = await wrapped(tokens);
    assert.ok(stream instanceof TokenStream && stream !== tokens);
    assert.equal(stream.size, 3);
    const seen: string[] = [];
    for await (const token of stream) seen.push(token);
    assert.deepEqual(seen, ['a', 'b', 'c']);
    for await (const _ of stream) break;
    assert.equal(tokens.closed, 1);
    await agent.flush(WAIT);
    assert.equal(collector.rows, 1);
    assert.equal(collector.series('prediction/value').categories.count('abc'), 1);
    assert.equal(collector.series('step:stream/items').moments.mean, 3);
  });

  it('follows lists, sync generators and generators handed on when asked to', async () => {
    const options = { stream: true, prediction: (last: number) => last } as never;
    const sync = function* () {
      yield 1;
      yield 2;
    };
    const list = agent.wrap(() => [1, 2], options)();
    assert.ok(Array.isArray(list));
    assert.deepEqual([[...list], list.length, list.map((x) => x + 1)], [[1, 2], 2, [2, 3]]);
    assert.deepEqual([...agent.wrap(sync, options)()], [1, 2]);
    assert.deepEqual([...agent.wrap(() => sync(), options)()], [1, 2]);
    const handedOn = await agent.wrap(async () => count(2), options)();
    for await (const _ of handedOn);
    const twice = agent.wrap(() => agent.wrap(count)(2), options)();
    for await (const _ of twice);
    await agent.flush(WAIT);
    assert.equal(collector.rows, 6);
    assert.equal(collector.series('prediction/value').moments.mean, 2);
  });

  it('counts a stream that nobody reads on once nothing holds it, without an answer', async () => {
    setFlagsFromString('--expose-gc');
    const gc = vm.runInNewContext('gc') as () => void;
    type Context = { stream?: AsyncGenerator<Context> };
    const wrapped = agent.wrap(
      async function* (context: Context): AsyncGenerator<Context> {
        yield context;
        yield context;
      },
      { prediction: () => 1 },
    );
    await (async () => {
      // The stream can be reached from its own arguments and items, and is let go all the same.
      const context: Context = {};
      context.stream = wrapped(context);
      await context.stream.next();
    })();
    for (let i = 0; i < 200 && agent.stats().captured === 0; i++) {
      gc();
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.equal(agent.stats().captured, 1);
    assert.equal(agent.stats().incomplete['result-unobservable'], 1);
    await agent.flush(WAIT);
    assert.deepEqual(ended(), [0, 0, 0, 1]);
  });

  it('does not count a stream as abandoned whose iterator alone is held', async () => {
    setFlagsFromString('--expose-gc');
    const gc = vm.runInNewContext('gc') as () => void;
    const iterator = agent
      .wrap(() => new TokenStream(), { stream: true })()
      [Symbol.asyncIterator]();
    await iterator.next();
    for (let i = 0; i < 20; i++) {
      gc();
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.equal(agent.stats().captured, 0);
    while (!(await iterator.next()).done);
    assert.equal(agent.stats().captured, 1);
  });

  it('takes no harm from a collect that fails, and counts it', async () => {
    const wrapped = agent.wrap(count, {
      collect: (): number => {
        throw failure;
      },
    });
    for await (const _ of wrapped(2));
    const rejecting = agent.wrap(count, { collect: () => Promise.reject(failure) });
    for await (const _ of rejecting(2));
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual([agent.stats().captured, agent.stats().incomplete['extractor-failed']], [2, 1]);
  });
});
