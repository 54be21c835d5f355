import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AgentError, type ModelOptions } from '@tidemark/agent';
import { decodeSummary } from '@tidemark/proto';
import * as ort from 'onnxruntime-node';
import type { Agent } from '../../../agent/src/agent.ts';
import { identityModel } from '../../../loadtest/bench/agent/tiny-models.ts';
import type { FakeCollector } from '../fake-collector.ts';
import { useAgent } from '../use-agent.ts';

const WAIT = { timeoutMs: 10_000 };
const XS = [1, 2, 3, 4, 5, 6];
const YS = [2, 1, 4, 3, 6, 5];
/** Of the six rows above, by hand: deviations' products 14.5, squares 17.5 each. */
const R = 14.5 / 17.5;

function modelOf(pairs: ModelOptions['pairs']): ModelOptions {
  return { name: 'paired', version: '1', ...(pairs && { pairs }) };
}

function near(found: number, expected: number): void {
  assert.ok(Math.abs(found - expected) < 1e-9, `${found} against ${expected}`);
}

describe('declared pairs', () => {
  let collector: FakeCollector;
  let agent: Agent;
  useAgent((ownAgent, ownCollector) => {
    agent = ownAgent;
    collector = ownCollector;
  });
  const pairOf = (name: string) => collector.series(`step:pair/${name}`);

  it('are recorded of a function, within a stage and across, and told in the description of the version', async () => {
    const model = modelOf([
      ['x', 'y'],
      ['x', 'prediction.value'],
      ['input.z', 'confidence.value'],
    ]);
    const predict = agent.wrap(({ x, y }: { x: number; y: number }) => y - x, {
      model,
      input: ({ x }) => ({ z: -x }),
      features: ({ x, y }) => ({ x, y }),
      prediction: (answer) => answer,
      confidence: (_, { y }) => y / 10,
    });
    for (const [i, x] of XS.entries()) predict({ x, y: YS[i] as number });
    await agent.flush(WAIT);
    near(pairOf('x~y').pairs.correlation, R);
    near(pairOf('input.z~confidence.value').pairs.correlation, -R);
    // y - x has the variance 2 (1 - R) of x, and a covariance with x of R - 1.
    near(pairOf('x~prediction.value').pairs.correlation, (R - 1) / Math.sqrt(2 * (1 - R)));
    assert.equal(pairOf('x~y').kinds.valid, 6);
    const described = collector.arrived.flatMap(({ batch }) => batch.modelVersions);
    const fields = described.find(({ version }) => version === model.version)?.fields;
    assert.deepEqual(
      fields?.map(({ stage, field, kind }) => [stage, field, kind]),
      [
        ['step:pair', 'x~y', 'pair'],
        ['step:pair', 'x~prediction.value', 'pair'],
        ['step:pair', 'input.z~confidence.value', 'pair'],
      ],
    );
  });

  it('hold what was there when the call was made, though its object is used again', async () => {
    const shared = { x: 0 };
    let answer: (value: number) => void = () => undefined;
    const predict = agent.wrap((_x: number) => new Promise<number>((resolve) => (answer = resolve)), {
      model: modelOf([['x', 'prediction.value']]),
      features: (x) => Object.assign(shared, { x }),
      prediction: (value) => value,
    });
    for (const x of XS) {
      const answered = predict(x);
      shared.x = 99;
      answer(2 * x);
      await answered;
    }
    await agent.flush(WAIT);
    near(pairOf('x~prediction.value').pairs.correlation, 1);
  });

  it('tell what is missing or no number, and leave out calls that failed and extractors that did', async () => {
    const rows: { x?: unknown; fails?: boolean }[] = [
      { x: 1 },
      {},
      { x: 'one' },
      { x: Number.NaN },
      { x: 2n },
      { x: Promise.reject(new Error('forgotten')) },
      { x: 3, fails: true },
    ];
    const predict = agent.wrap(
      ({ fails }: { x?: unknown; fails?: boolean }) => {
        if (fails) throw new Error('theirs');
        return 5;
      },
      {
        model: modelOf([
          ['x', 'prediction.value'],
          ['x', 'input.never'],
        ]),
        features: ({ x }) => ({ x }),
        prediction: (answer) => answer,
        input: () => assert.fail('an extractor that throws'),
      },
    );
    for (const row of rows) {
      try {
        predict(row);
      } catch {
        // Theirs.
      }
    }
    await agent.flush(WAIT);
    const { valid, missing, nan, wrongType } = pairOf('x~prediction.value').kinds;
    assert.deepEqual({ valid, missing, nan, wrongType }, { valid: 2, missing: 1, nan: 1, wrongType: 2 });
    assert.throws(() => pairOf('x~input.never'));
  });

  it('have slices as their fields do', async () => {
    const predict = agent.wrap((x: number) => x, {
      model: modelOf([['x', 'y']]),
      features: (x) => ({ x, y: x % 2 === 0 ? x : -x }),
      slices: { even: (x) => x % 2 === 0 },
    });
    for (const x of XS) predict(x);
    await agent.flush(WAIT);
    const arrived = collector.arrived.flatMap(({ batch }) => batch.windows.flatMap(({ summaries }) => summaries));
    const found = arrived.filter(({ stage }) => stage === 'step:pair').map(decodeSummary);
    const correlations = new Map(found.map(({ slice, summary }) => [slice, summary.pairs.correlation]));
    near(correlations.get('even=true') ?? Number.NaN, 1);
    near(correlations.get('even=false') ?? Number.NaN, -1);
    assert.deepEqual([...correlations.keys()].sort(), ['', 'even=false', 'even=true']);
  });

  it('are recorded of every row of a batch', async () => {
    const predict = agent.wrap((rows: readonly number[]) => rows.map((x) => 3 - 2 * x), {
      model: modelOf([['x', 'prediction.value']]),
      batch: true,
      features: (x) => ({ x: Number(x) }),
      prediction: (answer) => answer,
    });
    predict(XS);
    predict([]);
    await agent.flush(WAIT);
    near(pairOf('x~prediction.value').pairs.correlation, -1);
    assert.equal(pairOf('x~prediction.value').kinds.valid, 6);
  });

  it('of features alone need no answers of a batch, nor do those of batch steps count', async () => {
    const model = modelOf([['x', 'y']]);
    const options = { model, batch: true, features: (x: unknown) => ({ x, y: -Number(x) }) } as const;
    agent.wrap((rows: readonly number[]) => rows.length, options)(XS);
    agent.step('load', (rows: readonly number[]) => rows, { model, batch: true, input: (x) => ({ x, y: x }) })(XS);
    await agent.flush(WAIT);
    near(pairOf('x~y').pairs.correlation, -1);
    assert.equal(pairOf('x~y').kinds.valid, 6);
  });

  it('keep to the memory a call may take: of a huge batch rows are picked, and both values of a row stay together', async () => {
    const pairs = Array.from({ length: 50 }, (_, i): [string, string] => [`x${i}`, `y${i}`]);
    const names = pairs.map((_, i) => i);
    const predict = agent.wrap((rows: number) => rows, {
      model: modelOf(pairs),
      batch: { rows: (rows) => rows, answers: () => [] },
      features: (row) =>
        Object.fromEntries(
          names.flatMap((i) => [[`x${i}`, Number(row)] as const, [`y${i}`, i - Number(row)] as const]),
        ),
    });
    predict(20_000);
    await agent.flush(WAIT);
    const { kinds, pairs: moments } = pairOf('x49~y49');
    assert.equal(kinds.total, Math.floor(1_048_576 / 100));
    near(moments.correlation, -1);
  });

  it('leave alone a series of another kind that has their name', async () => {
    const model = { ...modelOf([['x', 'y']]), fields: [{ stage: 'step:pair', field: 'x~y', kind: 'number' }] } as const;
    const predict = agent.wrap((x: number) => x, { model, features: (x) => ({ x, y: x }), prediction: (x) => x });
    for (const x of XS) predict(x);
    await agent.flush(WAIT);
    assert.equal(collector.series('prediction/value').kinds.valid, 6);
    assert.equal(agent.stats().incomplete['capture-failed'], 0);
  });

  it('are recorded of the tensors of a real session, columns of the input and of the answer', async () => {
    const bare = await ort.InferenceSession.create(identityModel('float32'));
    const session = agent.wrapSession(bare, {
      model: modelOf([
        ['a', 'b'],
        ['b', 'prediction.value_0'],
        ['prediction.value_0', 'prediction.value_1'],
        ['a', 'prediction.value'],
        ['a', 'elsewhere'],
      ]),
      features: { x: ['a', 'b'] },
      prediction: 'y',
    });
    const data = Float32Array.from(XS.flatMap((x, i) => [x, YS[i] as number]));
    const running = session.run({ x: new ort.Tensor('float32', data, [6, 2]) });
    await running;
    data.fill(0);
    await agent.flush(WAIT);
    for (const name of ['a~b', 'b~prediction.value_0', 'prediction.value_0~prediction.value_1']) {
      near(pairOf(name).pairs.correlation, R);
      assert.equal(pairOf(name).kinds.valid, 6, name);
    }
    // The answer has two columns, so that it has no field `value`; and another session may have the last.
    for (const name of ['a~prediction.value', 'a~elsewhere']) assert.throws(() => pairOf(name), name);
  });

  it('count every row of a large run only as far as the budget of the session goes, and never more', async () => {
    const bare = await ort.InferenceSession.create(identityModel('float32'));
    const session = agent.wrapSession(bare, { model: modelOf([['a', 'b']]), features: { x: ['a', 'b'] } });
    const rows = 200_000;
    const data = Float32Array.from({ length: rows * 2 }, (_, i) => (i >> 1) * (i % 2 === 0 ? 1 : -1));
    await session.run({ x: new ort.Tensor('float32', data, [rows, 2]) });
    await agent.flush(WAIT);
    const { kinds, pairs } = pairOf('a~b');
    assert.equal(kinds.valid, collector.series('feature/a').kinds.valid);
    assert.ok(kinds.valid <= 65_536);
    near(pairs.correlation, -1);
  });

  it('are refused where they are none, all mistakes at once', () => {
    const fine = [
      ['x', 'y'],
      ['a,b', 'c'],
      ['a', 'b,c'],
      ['petal.length', 'input.x'],
    ];
    const wrong = [
      ['x'],
      ['x', 'x'],
      ['x', 'feature.x'],
      ['feature.y', 'x'],
      ['a~b', 'c'],
      ['x', 7],
      ['x', 'outcome.delay'],
      ['step:geo.lat', 'x'],
      ['p'.repeat(100), 'q'.repeat(100)],
    ];
    const pairs = [...fine, ...wrong];
    const mistakes = (model: object) => {
      try {
        agent.model(model as ModelOptions);
      } catch (error) {
        assert.ok(error instanceof AgentError);
        return error.mistakes.map(({ option }) => option);
      }
      return [];
    };
    assert.deepEqual(
      mistakes({ name: 'm', version: 'wrong', pairs }),
      wrong.map((_, i) => `model.pairs[${fine.length + i}]`),
    );
    const many = Array.from({ length: 51 }, (_, i) => [`x${i}`, 'y']);
    assert.deepEqual(mistakes({ name: 'm', version: 'many', pairs: many }), ['model.pairs']);
  });
});
