import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AgentError } from '@tidemark/agent';
import * as ort from 'onnxruntime-node';
import type { Agent } from '../../../agent/src/agent.ts';
import { SURE_ROWS } from '../../../agent/src/observe/session-watch.ts';
import {
  COLUMNS,
  type ELEMENT_TYPES,
  identityModel,
  mlpModel,
  tinyModel,
} from '../../../loadtest/bench/agent/tiny-models.ts';
import type { FakeCollector } from '../fake-collector.ts';
import { useAgent } from '../use-agent.ts';

const WAIT = { timeoutMs: 10_000 };
const tensor = (type: string, data: ArrayLike<unknown>, dims: readonly number[]) => ({ type, data, dims });
type Tensors = Record<string, unknown>;

/** Answers every run with what it is given to say. */
class Session {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  answer: () => Tensors = () => ({});
  constructor(inputNames: readonly string[] = ['x'], outputNames: readonly string[] = ['y']) {
    this.inputNames = inputNames;
    this.outputNames = outputNames;
  }
  async run(_feeds: Tensors): Promise<Tensors> {
    return this.answer();
  }
}

const DATA: Record<string, { readonly data: ArrayLike<unknown>; readonly max: number | string }> = {
  float32: { data: Float32Array.of(1, 2, 3, 4.5), max: 4.5 },
  float64: { data: Float64Array.of(1, 2, 3, 4.5), max: 4.5 },
  int8: { data: Int8Array.of(1, 2, 3, -4), max: 3 },
  uint8: { data: Uint8Array.of(1, 2, 3, 200), max: 200 },
  int16: { data: Int16Array.of(1, 2, 3, 300), max: 300 },
  uint16: { data: Uint16Array.of(1, 2, 3, 60_000), max: 60_000 },
  int32: { data: Int32Array.of(1, 2, 3, 70_000), max: 70_000 },
  uint32: { data: Uint32Array.of(1, 2, 3, 2 ** 31), max: 2 ** 31 },
  int64: { data: BigInt64Array.of(1n, 2n, 3n, 2n ** 40n), max: 2 ** 40 },
  uint64: { data: BigUint64Array.of(1n, 2n, 3n, 2n ** 63n), max: 2 ** 63 },
  bool: { data: Uint8Array.of(1, 1, 0, 1), max: 'true' },
  string: { data: ['a', 'b', 'a', 'c'], max: 'c' },
};

describe('tensors of a session', () => {
  let collector: FakeCollector;
  let agent: Agent;
  useAgent((ownAgent, ownCollector) => {
    agent = ownAgent;
    collector = ownCollector;
  });

  for (const [type, { data, max }] of Object.entries(DATA)) {
    it(`are read in and out of the real runtime: ${type}`, async () => {
      const bare = await ort.InferenceSession.create(identityModel(type as keyof typeof ELEMENT_TYPES));
      const session = agent.wrapSession(bare, { features: { x: ['a', 'b'] }, prediction: 'y' });
      await session.run({ x: new ort.Tensor(type as 'float32', data as Float32Array, [2, 2]) });
      await agent.flush(WAIT);
      assert.equal(collector.rows, 2);
      const b = collector.series('feature/b');
      if (typeof max === 'number')
        assert.equal(Math.max(b.moments.max, collector.series('feature/a').moments.max), max);
      else assert.equal(b.categories.count(max), type === 'bool' ? 2 : 1);
      const answer = collector.series('prediction/value_1');
      assert.equal(answer.kind, type.startsWith('float') ? 'number' : 'category');
      assert.equal(answer.kinds.valid, 2);
      assert.deepEqual(agent.stats().incomplete['tensor-unreadable'], 0);
      await session.release();
    });
  }

  // onnxruntime-node 1.30 on Node 24 cannot run them ("not enough space: expected 4, got 0"): the tensors are made by hand.
  it('are read where they are 16-bit floats, as bits', async () => {
    const bare = new Session();
    bare.answer = () => ({ y: tensor('float16', Uint16Array.of(0x3c00, 0x4200), [2, 1]) });
    const session = agent.wrapSession(bare, { features: { x: ['a'] }, prediction: 'y' });
    await session.run({ x: tensor('float16', Uint16Array.of(0xc000, 0x7e00), [2, 1]) });
    await agent.flush(WAIT);
    assert.equal(collector.series('prediction/value').moments.max, 3);
    const { moments, kinds } = collector.series('feature/a');
    assert.deepEqual([moments.min, kinds.valid, kinds.nan], [-2, 1, 1]);
  });

  it('are counted all and recorded in part, where all would take more than their share of the run', async () => {
    const bare = await ort.InferenceSession.create(tinyModel());
    const names = Array.from({ length: COLUMNS }, (_, i) => `f${i}`);
    const session = agent.wrapSession(bare, { features: { x: names }, prediction: 'y' });
    const rows = 4_096;
    const x = new ort.Tensor('float32', new Float32Array(rows * COLUMNS).fill(0.5), [rows, COLUMNS]);
    const runs = 200;
    for (let i = 0; i < runs; i++) await session.run({ x });
    await agent.flush(WAIT);
    assert.equal(collector.rows, rows * runs);
    const seen = collector.series('feature/f3').kinds.valid;
    assert.ok(seen > SURE_ROWS / 10 && seen < (rows * runs) / 4, `${seen} recorded`);
    const answers = collector.series('prediction/value').kinds.valid;
    assert.equal(answers, seen);
    for (const name of names) assert.equal(collector.series(`feature/${name}`).kinds.valid, seen);
    await session.release();
  });

  it('are recorded all where the share allows it, and in a window that has little', async () => {
    const bare = await ort.InferenceSession.create(mlpModel());
    const names = Array.from({ length: COLUMNS }, (_, i) => `f${i}`);
    const options = { features: { x: names }, prediction: 'y' };
    const sessions = [
      agent.wrapSession(bare, { ...options, maxShare: 1 }),
      agent.model({ name: 'flight-delay', version: '2' }).wrapSession(bare, options),
    ];
    const x = new ort.Tensor('float32', new Float32Array(250 * COLUMNS), [250, COLUMNS]);
    for (const session of sessions) for (let i = 0; i < 3; i++) await session.run({ x });
    await agent.flush(WAIT);
    assert.equal(collector.rows, 1_500);
    for (const version of ['1', '2']) assert.equal(collector.series('feature/f0', version).kinds.valid, 750);
    await bare.release();
  });

  it('are vectors where the options say so, by field and stage, and of one size', async () => {
    const bare = new Session(['text', 'image'], ['embedding']);
    bare.answer = () => ({ embedding: tensor('float32', new Float32Array(2 * 768).fill(0.1), [2, 768]) });
    const session = agent.wrapSession(bare, {
      vectors: { image: { field: 'pixels', stage: 'input', sample: 100 }, embedding: {}, text: {} },
    });
    const image = (side: number) => tensor('uint8', new Uint8Array(2 * 3 * side * side).fill(9), [2, 3, side, side]);
    const text = tensor('string', ['a', 'b'], [2, 1]);
    await session.run({ image: image(8), text });
    await session.run({ image: image(9), text });
    await agent.flush(WAIT);
    const pixels = collector.series('input/pixels');
    assert.deepEqual([pixels.projections.count, pixels.projections.size, pixels.kinds.wrongType], [2, 100, 2]);
    assert.equal(pixels.projections.norm.min, 9 * 10);
    const { projections } = collector.series('prediction/embedding');
    assert.deepEqual([projections.count, projections.size], [4, 768]);
    assert.ok(Math.abs(projections.norm.max - Math.fround(0.1) * Math.sqrt(768)) < 1e-9);
    assert.equal(agent.stats().incomplete['tensor-unreadable'], 2);
  });

  it('give a confidence with margin and entropy, from logits or probabilities, and say which rows are neither', async () => {
    const bare = new Session(['x'], ['logits', 'shares', 'p']);
    bare.answer = () => ({
      logits: tensor('float32', Float32Array.of(0, 0, 800, 0), [2, 2]),
      shares: tensor('float16', Uint16Array.of(0x3400, 0x3a00, 0x3c00, 0x3c00), [2, 2]),
      p: tensor('float64', Float64Array.of(0.25, 0.9), [2, 1]),
    });
    const x = tensor('float32', new Float32Array(2), [2, 1]);
    const from = async (output: string, how: 'logits' | 'probabilities' | 'binary' | 'auto') => {
      await agent
        .model({ name: 'm', version: how })
        .wrapSession(bare, { confidence: { output, from: how } })
        .run({ x });
    };
    await from('logits', 'logits');
    await from('shares', 'probabilities');
    await from('p', 'binary');
    await from('logits', 'auto');
    await agent.flush(WAIT);
    const read = (field: string) =>
      ['logits', 'probabilities', 'binary'].map((model) => {
        const { moments } = collector.series(`confidence/${field}`, model);
        return [moments.min, moments.max];
      });
    assert.deepEqual(read('value'), [
      [0.5, 1],
      [0.75, 1],
      [0.75, 0.9],
    ]);
    // Decided by the first row, which is no distribution.
    assert.equal(collector.series('confidence/value', 'auto').moments.min, 0.5);
    assert.deepEqual(read('margin')[0], [0, 1]);
    assert.deepEqual(read('entropy')[0], [0, 1]);
    assert.deepEqual(read('impossible'), [
      [0, 0],
      [0, 1],
      [0, 0],
    ]);
    assert.equal(collector.series('confidence/entropy', 'probabilities').kinds.nan, 1);
  });

  it('are ranked lists where the options say so', async () => {
    const bare = new Session();
    bare.answer = () => ({ y: tensor('int64', BigInt64Array.of(5n, 7n, 9n, 7n, 5n, 8n), [2, 3]) });
    const session = agent.wrapSession(bare, { prediction: { output: 'y', ranked: { top: 2 } } });
    await session.run({ x: tensor('float32', new Float32Array(2), [2, 1]) });
    await agent.flush(WAIT);
    const items = collector.series('prediction/item').categories;
    assert.deepEqual([items.total, items.count('5'), items.count('7'), items.count('9')], [4, 2, 2, 0]);
    assert.equal(collector.series('prediction/top').categories.count('7'), 1);
    assert.deepEqual(collector.series('prediction/length').moments.max, 3);
  });

  it('refuses options that mean nothing, all at once', () => {
    const wrong = () =>
      agent.wrapSession(new Session(), {
        vectors: { z: {}, x: { field: '', stage: 'nowhere', sample: 0, odd: 1 } as never },
        prediction: { output: 'y', kind: 'vector' as never, ranked: { top: 0 } },
        confidence: { output: 'y', from: 'guess' as never },
        maxShare: 2,
      });
    assert.throws(wrong, (error: AgentError) => {
      assert.ok(error instanceof AgentError);
      assert.deepEqual(error.mistakes.map(({ option }) => option).sort(), [
        'confidence.from',
        'maxShare',
        'prediction.kind',
        'prediction.ranked.top',
        'vectors.x.field',
        'vectors.x.odd',
        'vectors.x.sample',
        'vectors.x.stage',
        'vectors.z',
      ]);
      return true;
    });
  });
});
