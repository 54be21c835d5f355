import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { AgentError } from '@tidemark/agent';
import * as ort from 'onnxruntime-node';
import type { Agent } from '../../../agent/src/agent.ts';
import type { FakeCollector } from '../fake-collector.ts';
import { useAgent } from '../use-agent.ts';

const WAIT = { timeoutMs: 10_000 };
const DATA = process.env.TIDEMARK_TEST_DATA ?? new URL('../../../../shared/data', import.meta.url).pathname;
const MODEL = `${DATA}/models/tribuo_iris_lr.onnx`;

const tensor = (type: string, data: ArrayLike<unknown>, dims: readonly number[]) => ({
  type,
  data,
  dims,
  location: 'cpu',
});
type Feeds = Record<string, ReturnType<typeof tensor>>;

/** Classifies by the first column; has a private field, as a session may. */
class FakeSession {
  readonly #secret = 'secret';
  released = 0;
  readonly inputNames = ['x', 'tag'];
  readonly outputNames = ['label', 'probabilities'];
  async run(feeds: Feeds): Promise<Feeds> {
    const { x } = feeds;
    if (x === undefined) throw new Error("input 'x' is missing");
    const rows = x.dims[0] ?? 0;
    // Callers use their buffers again, and so may the run time.
    const labels = BigInt64Array.from({ length: rows }, (_, i) => (Number(x.data[i * 2]) > 0 ? 1n : 0n));
    const probabilities = Float32Array.from({ length: rows * 2 }, (_, i) => (i % 2 === 0 ? 0.25 : 0.75));
    (x.data as Float32Array).fill(-1);
    return { label: tensor('int64', labels, [rows]), probabilities: tensor('float32', probabilities, [rows, 2]) };
  }
  get secret(): string {
    return this.#secret;
  }
  async release(): Promise<void> {
    if (this.#secret) this.released++;
  }
}

describe('a wrapped session', () => {
  let collector: FakeCollector;
  let agent: Agent;
  useAgent((ownAgent, ownCollector) => {
    agent = ownAgent;
    collector = ownCollector;
  });

  it('records every row of a batch from what was fed, before the run changed it', async () => {
    const session = agent.wrapSession(new FakeSession(), {
      features: { x: ['distance', 'hour'], tag: ['origin'] },
      prediction: 'label',
      confidence: 'probabilities',
    });
    const feeds = {
      x: tensor('float32', Float32Array.of(1, 10, -2, 20, Number.NaN, 30), [3, 2]),
      tag: tensor('string', ['A', 'B', 'A'], [3, 1]),
    };
    const { label = assert.fail() } = await session.run(feeds);
    assert.deepEqual(label.data, BigInt64Array.of(1n, 0n, 0n));
    await agent.flush(WAIT);
    assert.equal(collector.rows, 3);
    const distance = collector.series('feature/distance');
    assert.deepEqual(
      [distance.kinds.valid, distance.kinds.nan, distance.moments.min, distance.moments.max],
      [2, 1, -2, 1],
    );
    assert.equal(collector.series('feature/hour').moments.mean, 20);
    assert.equal(collector.series('feature/origin').categories.count('A'), 2);
    const answers = collector.series('prediction/value').categories;
    assert.deepEqual([answers.count('0'), answers.count('1')], [2, 1]);
    assert.deepEqual(
      [collector.series('confidence/value').moments.min, collector.series('confidence/value').kinds.valid],
      [0.75, 3],
    );
    assert.equal(collector.series('latency/session_ms').kinds.valid, 1);
  });

  it('counts a failed run as as many errors as it had rows', async () => {
    const session = agent.wrapSession(new FakeSession(), { features: { tag: ['origin'] } });
    await assert.rejects(session.run({ tag: tensor('string', ['A', 'B'], [2]) }), /missing/);
    await assert.rejects(session.run(undefined as never), TypeError);
    await agent.flush(WAIT);
    assert.deepEqual([collector.rows, collector.errors], [3, 3]);
  });

  it('is otherwise the session itself', async () => {
    const bare = new FakeSession();
    const session = agent.wrapSession(bare);
    assert.ok(session instanceof FakeSession);
    assert.equal(session.secret, 'secret');
    await session.release();
    session.released++;
    assert.equal(bare.released, 2);
    assert.equal(session.run, session.run);
    assert.deepEqual([session.run.name, session.run.length], [bare.run.name, bare.run.length]);
    assert.deepEqual(Object.keys(session), Object.keys(bare));
    assert.equal(agent.wrapSession(session), session);
  });

  it('says what it cannot read, and runs all the same', async () => {
    const session = agent.wrapSession(new FakeSession(), { features: { x: ['distance'], tag: ['origin'] } });
    await session.run({
      x: tensor('float32', new Float32Array(4), [2, 2]),
      tag: tensor('bfloat16', new Uint16Array(2), [2]),
    });
    await agent.flush(WAIT);
    assert.equal(agent.stats().incomplete['tensor-unreadable'], 1);
    assert.equal(collector.rows, 2);
  });

  it('refuses what is no session, and names that the session does not have', () => {
    assert.throws(() => agent.wrapSession({} as never), { code: 'TIDEMARK_NOT_WRAPPABLE' });
    const wrong = () =>
      agent.wrapSession(new FakeSession(), {
        features: { y: ['a', 'a'] },
        prediction: 'nothing',
        confidence: { output: 'none' },
      });
    assert.throws(wrong, (error: AgentError) => {
      assert.deepEqual(
        error.mistakes.map(({ option }) => option),
        ['features.y', 'features.y', 'prediction', 'confidence'],
      );
      return error instanceof AgentError;
    });
  });

  it('runs a real ONNX model with the same answers', {
    skip: existsSync(MODEL) ? false : `${MODEL} is not there`,
  }, async () => {
    const bare = await ort.InferenceSession.create(MODEL);
    const [input = '', output = ''] = [bare.inputNames[0], bare.outputNames[0]];
    const columns = ['petal_length', 'petal_width', 'sepal_length', 'sepal_width'];
    const session = agent.wrapSession(bare, { features: { [input]: columns }, confidence: { output } });
    assert.ok(session instanceof (ort.InferenceSession as unknown as new () => unknown));
    const rows = readFileSync(`${DATA}/iris.csv`, 'utf8').trim().split(/\r?\n/).slice(1);
    const header = readFileSync(`${DATA}/iris.csv`, 'utf8').split(/\r?\n/)[0]?.split(',') ?? [];
    const values = rows.flatMap((row) => columns.map((column) => Number(row.split(',')[header.indexOf(column)])));
    const feeds = () => ({ [input]: new ort.Tensor('float32', Float32Array.from(values), [rows.length, 4]) });
    const expected = await bare.run(feeds());
    const got = await session.run(feeds());
    assert.deepEqual(Object.keys(got), Object.keys(expected));
    assert.deepEqual(got[output]?.data, expected[output]?.data);
    await agent.flush(WAIT);
    assert.equal(collector.rows, 150);
    assert.equal(collector.series('feature/petal_length').moments.count, 150);
    assert.ok(collector.series('confidence/value').moments.min >= 1 / 3);
    await session.release();
  });
});
