import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Agent } from '../../../agent/src/agent.ts';
import { MAX_SERIES } from '../../../agent/src/record/model-version.ts';
import { MAX_COMPONENTS } from '../../../agent/src/record/projected.ts';
import type { FakeCollector } from '../fake-collector.ts';
import { useAgent } from '../use-agent.ts';

const WAIT = { timeoutMs: 10_000 };
const tensor = (type: string, data: ArrayLike<unknown>, dims: readonly unknown[]) => ({ type, data, dims });
type Tensors = Record<string, unknown>;

/** Answers every run as it is told. */
class Session {
  readonly inputNames = ['x'];
  readonly outputNames = ['y'];
  answer: (feeds: Tensors) => Tensors | Promise<Tensors> = () => ({});
  async run(feeds: Tensors): Promise<Tensors> {
    return this.answer(feeds);
  }
}

describe('runs of odd tensors', () => {
  let collector: FakeCollector;
  let agent: Agent;
  useAgent((ownAgent, ownCollector) => {
    agent = ownAgent;
    collector = ownCollector;
  });

  it('run on the session itself, also by a method of the old form', async () => {
    class Old {
      readonly inputNames = ['x'];
      readonly outputNames = ['y'];
      readonly #answer = { y: tensor('float32', Float32Array.of(1), [1, 1]) };
      declare run: (feeds: Tensors) => Promise<Tensors>;
      static {
        Old.prototype.run = function (this: Old) {
          return Promise.resolve(this.#answer);
        };
      }
    }
    const session = agent.wrapSession(new Old(), { prediction: 'y' });
    assert.deepEqual(Object.keys(await session.run({})), ['y']);
  });

  const ODD: Record<string, { readonly x: unknown; readonly rows: number; readonly unreadable: number }> = {
    'a fraction of a row': { x: tensor('float32', Float32Array.of(1, 2, 3), [1.5, 2]), rows: 1, unreadable: 1 },
    'more rows than values': { x: tensor('float32', Float32Array.of(1, 2), [1e12]), rows: 1, unreadable: 1 },
    'fewer rows than none': { x: tensor('float32', Float32Array.of(1, 2), [-1, -2]), rows: 1, unreadable: 1 },
    'rows that are text': { x: tensor('float32', Float32Array.of(1, 2), ['2']), rows: 1, unreadable: 1 },
    'an element type that is not read': { x: tensor('bfloat16', new Uint16Array(6), [3, 2]), rows: 3, unreadable: 1 },
    'a sequence': { x: [tensor('float32', Float32Array.of(1), [1])], rows: 1, unreadable: 1 },
    'a map': { x: new Map([['a', 1]]), rows: 1, unreadable: 1 },
    'an optional that is empty': { x: null, rows: 1, unreadable: 1 },
    'rows without columns': { x: tensor('float32', new Float32Array(0), [4, 0]), rows: 4, unreadable: 0 },
    'no rows': { x: tensor('float32', new Float32Array(0), [0, 2]), rows: 0, unreadable: 0 },
    'data that are elsewhere': {
      x: {
        type: 'float32',
        dims: [3, 1],
        location: 'gpu-buffer',
        get data(): never {
          throw new Error('not here');
        },
      },
      rows: 3,
      unreadable: 1,
    },
  };
  for (const [name, { x, rows, unreadable }] of Object.entries(ODD)) {
    it(`counts inferences by the shape and reads only what fits it: ${name}`, async () => {
      const session = agent.wrapSession(new Session(), { features: { x: ['a', 'b'] }, prediction: 'y' });
      await session.run({ x });
      assert.equal((await agent.flush(WAIT)).delivered, true);
      const { captured, sent, incomplete } = agent.stats();
      assert.deepEqual([captured, sent, incomplete['tensor-unreadable']], [rows, rows, unreadable]);
      assert.equal(collector.rows, rows);
    });
  }

  it('records an answer that is wider than a version can have series as one vector, of which it looks at a part', async () => {
    const width = 200_000;
    const bare = new Session();
    bare.answer = () => ({ y: tensor('float32', new Float32Array(width).fill(0.5), [1, width]) });
    const session = agent.wrapSession(bare, { prediction: 'y' });
    const x = tensor('float32', new Float32Array(1), [1, 1]);
    for (let i = 0; i < 3; i++) await session.run({ x });
    await agent.flush(WAIT);
    const { kind, projections } = collector.series('prediction/value');
    assert.deepEqual([kind, projections.count, projections.size], ['vector', 3, MAX_COMPONENTS]);
    assert.equal(projections.norm.max, 0.5 * Math.sqrt(MAX_COMPONENTS));
  });

  it('records a wide answer of categories as far as a version can have series', async () => {
    const width = 200_000;
    const bare = new Session();
    bare.answer = () => ({ y: tensor('int32', new Int32Array(width), [1, width]) });
    const session = agent.wrapSession(bare, { prediction: 'y' });
    const x = tensor('float32', new Float32Array(1), [1, 1]);
    for (let i = 0; i < 3; i++) await session.run({ x });
    assert.equal(agent.stats().incomplete['field-limit'], 3);
    await agent.flush(WAIT);
    // One is for the latency.
    assert.equal(collector.series(`prediction/value_${MAX_SERIES - 2}`).kinds.valid, 3);
  });

  it('watches the run that the session has, also when it was replaced', async () => {
    const session = agent.wrapSession(new Session());
    const answer = { y: tensor('float32', Float32Array.of(1), [1]) };
    session.run = async () => answer;
    assert.equal(await session.run({}), answer);
    await session.run({});
    assert.equal(agent.stats().captured, 2);
  });

  it('reads 64-bit integers exactly, as numbers and as categories', async () => {
    const ids = [0n, -1n, 7n, -(2n ** 31n), 2n ** 32n + 5n, 2n ** 53n - 1n, -(2n ** 53n) - 1n, 2n ** 63n - 1n];
    const bare = new Session();
    bare.answer = () => ({ y: tensor('int64', BigInt64Array.from(ids), [ids.length]) });
    const session = agent.wrapSession(bare, { features: { x: ['id'] }, prediction: 'y' });
    await session.run({ x: tensor('uint64', BigUint64Array.from([2n ** 64n - 1n, ...ids.slice(1)]), [ids.length, 1]) });
    await agent.flush(WAIT);
    const answers = collector.series('prediction/value').categories;
    for (const id of ids) assert.equal(answers.count(`${id}`), 1, `${id}`);
    const { moments, kinds } = collector.series('feature/id');
    assert.deepEqual([kinds.valid, moments.min, moments.max], [ids.length, 7, 2 ** 64]);
  });

  it('reads a run into tensors of the caller from what the run returns, before the caller uses them again', async () => {
    const bare = new Session();
    const buffer = Float32Array.of(0);
    bare.answer = () => {
      buffer[0] = 5;
      return { y: tensor('float32', buffer, [1]) };
    };
    const session = agent.wrapSession(bare, { features: { x: ['a'] }, prediction: 'y' });
    const run = session.run as (feeds: Tensors, fetches: Tensors, options: object) => Promise<Tensors>;
    await run.call(session, { x: tensor('float32', Float32Array.of(3), [1, 1]) }, { y: null }, {});
    buffer[0] = 9;
    await agent.flush(WAIT);
    assert.equal(collector.series('prediction/value').moments.max, 5);
  });
});
