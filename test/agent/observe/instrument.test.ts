import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import * as ort from 'onnxruntime-node';
import type { Agent } from '../../../agent/src/agent.ts';
import { onnxModel } from '../../../examples/flight-delay/src/onnx-model.ts';
import { oneSplit } from '../../support/one-split.ts';
import type { FakeCollector } from '../fake-collector.ts';
import { makeAgent } from '../make-agent.ts';
import { useAgent } from '../use-agent.ts';

const WAIT = { timeoutMs: 10_000 };

const model = (low: number, high: number) => onnxModel(oneSplit(low, high), 'tiny');
const shortHash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex').slice(0, 12);
const BYTES = model(-2, 2);
const OTHER = model(2, -2);
const folder = mkdtempSync(join(tmpdir(), 'tidemark-'));
const FILE = join(folder, 'flights.onnx');
writeFileSync(FILE, BYTES);
after(() => rmSync(folder, { recursive: true }));

const rows = (...values: number[]) => ({
  [INPUT]: new ort.Tensor('float32', Float32Array.from(values), [values.length / 2, 2]),
});
const BARE = await ort.InferenceSession.create(BYTES);
const INPUT = BARE.inputNames[0] ?? '';
const { InferenceSession } = ort;
const PROTOTYPE = (InferenceSession as unknown as { readonly prototype: { readonly run: object } }).prototype;

describe('an instrumented ONNX runtime', () => {
  let agent: Agent;
  let collector: FakeCollector;
  useAgent((ownAgent, ownCollector) => {
    agent = ownAgent;
    collector = ownCollector;
  });
  const versions = () => [...collector.windows].map(([key, { rows: count }]) => [...key.split(' ').slice(0, 2), count]);

  it('watches every session, under the name of its file and the hash of its model, and lets go of all', async () => {
    const before = [Object.getOwnPropertyDescriptors(PROTOTYPE), Object.getOwnPropertyDescriptors(InferenceSession)];
    const uninstrument = agent.instrument(ort);
    try {
      const fromFile = await InferenceSession.create(FILE);
      const bytes = Uint8Array.from(OTHER);
      const creating = InferenceSession.create(bytes);
      // Callers use their bytes again.
      const fromBytes = await creating;
      bytes.fill(0);
      const padded = new Uint8Array(BYTES.length + 7);
      padded.set(BYTES, 7);
      const fromBuffer = await InferenceSession.create(padded.buffer, 7, BYTES.length);
      const answer = await fromFile.run(rows(1, 2, 0, 4));
      assert.deepEqual(Object.keys(answer), BARE.outputNames);
      assert.ok(fromFile instanceof (InferenceSession as unknown as new () => unknown));
      await fromBytes.run(rows(1, 2));
      await fromBuffer.run(rows(1, 2));
      await BARE.run(rows(1, 2));
      await fromFile.release();
      await assert.rejects(fromFile.run(rows(1, 2)));
    } finally {
      assert.equal(uninstrument(), true);
    }
    assert.deepEqual(
      [Object.getOwnPropertyDescriptors(PROTOTYPE), Object.getOwnPropertyDescriptors(InferenceSession)],
      before,
    );
    await BARE.run(rows(1, 2));
    await agent.flush(WAIT);
    assert.deepEqual(
      new Set(versions().map(String)),
      new Set([
        `flights,${shortHash(BYTES)},3`,
        `onnx,${shortHash(OTHER)},1`,
        `onnx,${shortHash(BYTES)},1`,
        'onnx,unknown,1',
      ]),
    );
    assert.equal(collector.errors, 1);
    assert.equal(collector.described.get(`flights ${shortHash(BYTES)}`)?.artifactSha256.length, 64);
    assert.equal(collector.series(`feature/${INPUT}_0`, shortHash(OTHER)).kinds.valid, 1);
    assert.equal(collector.series('prediction/value', shortHash(OTHER)).kinds.valid, 1);
  });

  it('looks and fails as the bare one does', async () => {
    const { run } = PROTOTYPE;
    const bareErrors = await Promise.all(
      [undefined, {}, { wrong: 1 }].map((feeds) => BARE.run(feeds as never).catch(String)),
    );
    const createError = await InferenceSession.create('/nowhere.onnx').catch(String);
    const uninstrument = agent.instrument(ort);
    try {
      const watched = PROTOTYPE.run;
      assert.notEqual(watched, run);
      assert.deepEqual(Object.getOwnPropertyDescriptors(watched), Object.getOwnPropertyDescriptors(run));
      assert.equal(Object.getPrototypeOf(watched), Object.getPrototypeOf(run));
      const errors = await Promise.all(
        [undefined, {}, { wrong: 1 }].map((feeds) => BARE.run(feeds as never).catch(String)),
      );
      assert.deepEqual(errors, bareErrors);
      assert.equal(await InferenceSession.create('/nowhere.onnx').catch(String), createError);
      assert.equal(await InferenceSession.create(5 as never).catch(() => 'refused'), 'refused');
      await assert.rejects(Reflect.apply(watched as () => Promise<unknown>, undefined, [{}]), TypeError);
    } finally {
      uninstrument();
    }
    assert.equal(agent.stats().captured, 3);
  });

  it('takes version and columns from the caller, asked once a session', async () => {
    let asked = 0;
    const uninstrument = agent.instrument(ort, {
      model: (session, source) => {
        asked++;
        if (source.path === undefined) return null;
        assert.equal(source.sha256?.slice(0, 12), shortHash(BYTES));
        return {
          model: { name: source.name, version: '7' },
          features: { [session.inputNames[0] ?? '']: ['distance', 'hour'] },
          prediction: session.outputNames[0] ?? '',
        };
      },
    });
    try {
      const session = await InferenceSession.create(FILE);
      for (let i = 0; i < 3; i++) await session.run(rows(1, 2));
      await BARE.run(rows(1, 2));
      await BARE.run(rows(1, 2));
    } finally {
      uninstrument();
    }
    await agent.flush(WAIT);
    assert.equal(asked, 2);
    assert.deepEqual(versions(), [['flights', '7', 3]]);
    assert.equal(collector.series('feature/hour', '7').moments.mean, 2);
  });

  it('counts a caller that answers nonsense, and watches by itself then', async () => {
    const answers: (() => unknown)[] = [
      () => ({ features: { no: ['x'] } }),
      () => Promise.reject(new Error('theirs')),
      () => assert.fail('theirs'),
      () => undefined,
    ];
    const uninstrument = agent.instrument(ort, {
      model: () => answers.pop()?.() as never,
    });
    try {
      for (let i = 0; i < 4; i++) await (await InferenceSession.create(BYTES)).run(rows(1, 2));
    } finally {
      uninstrument();
    }
    assert.equal(agent.stats().captured, 4);
    await agent.flush(WAIT);
    assert.deepEqual(versions(), [['onnx', shortHash(BYTES), 4]]);
    assert.equal(agent.stats().incomplete['extractor-failed'], 2);
  });

  for (const first of ['wrapped', 'instrumented']) {
    it(`counts a session once that is wrapped as well, ${first} first`, async () => {
      const options = { features: { [INPUT]: ['distance', 'hour'] } };
      const early = first === 'wrapped' ? agent.wrapSession(BARE, options) : undefined;
      await early?.run(rows(1, 2));
      const uninstrument = agent.instrument(ort);
      try {
        const session = early ?? agent.wrapSession(BARE, options);
        if (early === undefined) await session.run(rows(1, 2));
        await session.run(rows(1, 2));
        assert.equal(agent.stats().captured, 2);
        await BARE.run(rows(1, 2));
      } finally {
        uninstrument();
      }
      await (early ?? agent.wrapSession(BARE, options)).run(rows(1, 2));
      await agent.flush(WAIT);
      assert.equal(collector.series('feature/distance').kinds.valid, 3);
      assert.deepEqual(new Set(versions().map(String)), new Set(['flight-delay,1,3', 'onnx,unknown,1']));
    });
  }

  it('is not instrumented, and counted, twice, and refuses what is no runtime', async () => {
    const uninstrument = agent.instrument(ort);
    const { run } = PROTOTYPE;
    assert.equal(agent.instrument(ort)(), true);
    assert.equal(PROTOTYPE.run, run);
    await BARE.run(rows(1, 2));
    assert.equal(agent.stats().captured, 1);
    assert.equal(uninstrument(), true);
    for (const wrong of [undefined, {}, { InferenceSession: {} }, { InferenceSession: class {} }])
      assert.throws(() => agent.instrument(wrong as never), { code: 'TIDEMARK_NOT_WRAPPABLE' });
    assert.throws(() => agent.instrument(ort, { model: 5 } as never), { code: 'TIDEMARK_OPTION_INVALID' });
    const off = makeAgent({ enabled: false });
    off.instrument(ort);
    assert.notEqual(PROTOTYPE.run, run);
    await off.stop();
  });

  it('watches each copy of a runtime by itself', async () => {
    const copy = () => {
      class Session {
        readonly inputNames = ['x'];
        readonly outputNames = ['y'];
        run(): Promise<object> {
          return Promise.resolve({});
        }
        static async create(): Promise<Session> {
          return new this();
        }
      }
      return { InferenceSession: Session };
    };
    const [one, other] = [copy(), copy()];
    const uninstrument = agent.instrument(one);
    await (await one.InferenceSession.create()).run();
    await (await other.InferenceSession.create()).run();
    assert.equal(agent.stats().captured, 1);
    const uninstrumentOther = agent.instrument(other);
    uninstrument();
    await (await one.InferenceSession.create()).run();
    await (await other.InferenceSession.create()).run();
    assert.equal(agent.stats().captured, 2);
    uninstrumentOther();
  });

  it('files every call under the version that answered it while versions are swapped under load', async () => {
    const uninstrument = agent.instrument(ort);
    const expected = new Map<string, number>();
    try {
      const sessions = [await InferenceSession.create(BYTES), await InferenceSession.create(OTHER)];
      let current = 0;
      const answers: Promise<void>[] = [];
      for (let i = 0; i < 400; i++) {
        if (i % 7 === 0) current = 1 - current;
        const session = sessions[current];
        const version = shortHash(current === 0 ? BYTES : OTHER);
        assert.ok(session !== undefined);
        expected.set(version, (expected.get(version) ?? 0) + 1);
        const [, probabilities] = BARE.outputNames;
        // To the right of the split the first model is sure, the other is not.
        answers.push(
          session.run(rows(1, current)).then((answer) => {
            const sure = Number(answer[probabilities ?? '']?.data[1]) > 0.5;
            assert.equal(sure, version === shortHash(BYTES));
          }),
        );
        if (i % 50 === 0) await answers.at(-1);
      }
      await Promise.all(answers);
    } finally {
      uninstrument();
    }
    await agent.flush(WAIT);
    for (const [version, count] of expected) {
      assert.equal(
        collector.windows.get([...collector.windows.keys()].find((key) => key.includes(version)) ?? '')?.rows,
        count,
      );
      const column = collector.series(`feature/${INPUT}_1`, version).moments;
      assert.deepEqual([column.min, column.max], version === shortHash(BYTES) ? [0, 0] : [1, 1]);
    }
    assert.equal(collector.rows, 400);
  });
});
