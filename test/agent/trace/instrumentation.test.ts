import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { trace } from '@opentelemetry/api';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import * as ort from 'onnxruntime-node';
import packageOfAgent from '../../../agent/package.json' with { type: 'json' };
import { AgentError } from '../../../agent/src/errors.ts';
import { TidemarkInstrumentation } from '../../../agent/src/trace/instrumentation.ts';
import { Tracing } from '../../../agent/src/trace/tracing.ts';
import { feedsOf, openTiny } from './tiny-session.ts';
import { startSdk } from './use-sdk.ts';

const V1 = { model: 'tiny', version: '1' };
const VERDICT = { action: 'reject', violations: [{ check: 'range', stage: 'feature', field: 'x' }] } as const;
const silent = (message: string): void => assert.fail(message);
/** The prototype of the sessions of a runtime, which its types do not admit to. */
const prototypeOf = (runtime: unknown) =>
  (runtime as { InferenceSession: { prototype: { run: (...args: unknown[]) => unknown } } }).InferenceSession.prototype;

/** Puts its watch on the prototype, as an agent does: every run is a violation. */
class FakeAgent {
  readonly instrumented: object[] = [];
  taken = 0;
  readonly #tracing = new Tracing({ trace: true, metrics: false }, silent);

  instrument(runtime: object): () => void {
    this.instrumented.push(runtime);
    const prototype = prototypeOf(runtime);
    const { run } = prototype;
    const tracing = this.#tracing;
    const watched = async function (this: unknown, ...args: unknown[]) {
      const result = await Reflect.apply(run, this, args);
      tracing.violated(V1, VERDICT);
      return result;
    };
    prototype.run = watched;
    return () => {
      this.taken++;
      // What somebody else has put there since is theirs.
      if (prototype.run === watched) prototype.run = run;
    };
  }
}

describe('the instrumentation', () => {
  const cwd = process.cwd();
  const ends: (() => Promise<void>)[] = [];
  const start = (...instrumentations: TidemarkInstrumentation[]) => {
    const sdk = startSdk({ instrumentations });
    ends.push(sdk.end);
    return sdk;
  };
  const { run } = prototypeOf(ort);
  const isBare = () => prototypeOf(ort).run === run;
  afterEach(async () => {
    process.chdir(cwd);
    for (const end of ends.splice(0)) await end();
    assert.ok(isBare(), 'the runtime was left instrumented');
  });

  it('is switched on by the SDK when it starts, and its verdicts go to the span of the host', async () => {
    const agent = new FakeAgent();
    const instrumentation = new TidemarkInstrumentation({ agent, ort, log: silent });
    assert.deepEqual(agent.instrumented, []);
    const sdk = start(instrumentation);
    assert.deepEqual(agent.instrumented, [ort]);
    const session = await openTiny();
    await trace.getTracer('host').startActiveSpan('request', async (span) => {
      await session.run(feedsOf(1));
      span.end();
    });
    instrumentation.disable();
    assert.deepEqual(
      sdk.spans().map(({ name, attributes }) => [name, attributes['tidemark.verdict']]),
      [['request', 'reject']],
    );
  });

  it('puts spans around runs when asked to, with the watch inside of them', async () => {
    const instrumentation = new TidemarkInstrumentation({
      agent: new FakeAgent(),
      ort,
      spans: true,
      model: 'tiny',
      log: silent,
    });
    const sdk = start(instrumentation);
    const session = await openTiny();
    await session.run(feedsOf(1));
    instrumentation.disable();
    await session.run(feedsOf(1));
    assert.deepEqual(
      sdk.spans().map((span) => [span.name, span.instrumentationScope.name, span.attributes['tidemark.verdict']]),
      [['onnx.run tiny', '@tidemark/agent', 'reject']],
    );
  });

  it('may be enabled and disabled twice, and again', () => {
    const agent = new FakeAgent();
    const instrumentation = new TidemarkInstrumentation({ agent, ort, spans: true, enabled: true, log: silent });
    instrumentation.enable();
    assert.equal(agent.instrumented.length, 1);
    instrumentation.disable();
    instrumentation.disable();
    assert.equal(agent.taken, 1);
    assert.ok(isBare());
    instrumentation.enable();
    instrumentation.disable();
    assert.deepEqual([agent.instrumented.length, agent.taken], [2, 2]);
  });

  it('is not enabled again by the SDK where it was enabled when made, and outlives its shutdown', async () => {
    const agent = new FakeAgent();
    const instrumentation = new TidemarkInstrumentation({ agent, ort, enabled: true, spans: true, log: silent });
    const sdk = start(instrumentation);
    const session = await openTiny();
    await sdk.end();
    await sdk.end();
    await session.run(feedsOf(1));
    instrumentation.disable();
    assert.deepEqual([agent.instrumented.length, agent.taken], [1, 1]);
  });

  it('is taken by registerInstrumentations, and off again by what that returns', () => {
    const agent = new FakeAgent();
    const unload = registerInstrumentations({ instrumentations: [new TidemarkInstrumentation({ agent, ort })] });
    assert.ok(!isBare());
    unload();
    assert.ok(isBare());
  });

  it('finds the runtime that is installed for the working directory', () => {
    const agent = new FakeAgent();
    const instrumentation = new TidemarkInstrumentation({ agent, enabled: true, log: silent });
    instrumentation.disable();
    const [found] = agent.instrumented as (typeof ort)[];
    assert.equal(found?.InferenceSession, ort.InferenceSession);
  });

  it('says once that there is no runtime, and tries again when enabled again', () => {
    const said: string[] = [];
    const agent = new FakeAgent();
    process.chdir('/');
    const instrumentation = new TidemarkInstrumentation({ agent, enabled: true, log: (message) => said.push(message) });
    instrumentation.enable();
    instrumentation.disable();
    assert.deepEqual(said, [
      'tidemark: instrumentation: onnxruntime-node is not installed for /; nothing to instrument',
    ]);
    process.chdir(cwd);
    instrumentation.enable();
    instrumentation.disable();
    assert.equal(agent.instrumented.length, 1);
  });

  it('says in the log what an agent, a runtime or a provider throws, and throws nothing', () => {
    const bad = (): never => {
      throw new Error('theirs');
    };
    const said = (
      agent: { instrument(ort: object): () => void },
      runtime: object,
      work: (i: TidemarkInstrumentation) => void,
    ) => {
      const messages: string[] = [];
      const log = (message: string) => messages.push(message);
      const instrumentation = new TidemarkInstrumentation({ agent, ort: runtime, spans: true, log });
      work(instrumentation);
      instrumentation.disable();
      return messages;
    };
    const theirs = ['tidemark: instrumentation: Error: theirs'];
    assert.deepEqual(
      said({ instrument: bad }, ort, (i) => i.enable()),
      theirs,
    );
    assert.deepEqual(
      said({ instrument: () => bad }, ort, (i) => i.enable()),
      theirs,
    );
    assert.deepEqual(
      said({ instrument: () => () => {} }, ort, (i) => i.setTracerProvider({ getTracer: bad })),
      theirs,
    );
    assert.deepEqual(
      said({ instrument: () => () => {} }, {}, (i) => i.enable()),
      ['tidemark: instrumentation: no InferenceSession to put spans around'],
    );
  });

  it('knows its name, its version and its options, which can be changed', () => {
    const agent = new FakeAgent();
    const instrumentation = new TidemarkInstrumentation({ agent, ort, model: 'tiny' });
    assert.equal(instrumentation.instrumentationName, packageOfAgent.name);
    assert.equal(instrumentation.instrumentationVersion, packageOfAgent.version);
    instrumentation.setConfig({ spans: true });
    const { spans, model, enabled } = instrumentation.getConfig();
    assert.deepEqual([spans, model, enabled], [true, 'tiny', false]);
    assert.throws(() => instrumentation.setConfig({ spans: 1 } as never), AgentError);
    assert.equal(instrumentation.getConfig().spans, true);
  });

  it('refuses wrong options, all at once', () => {
    const wrong = { agent: {}, ort: 1, spans: 'yes', model: '', enabled: 1, log: 1, other: 1 };
    assert.throws(
      () => new TidemarkInstrumentation(wrong as never),
      (error: AgentError) => {
        const options = error.mistakes.map(({ option }) => option);
        assert.deepEqual(options, ['other', 'agent', 'ort', 'spans', 'model', 'enabled', 'log']);
        return error.code === 'TIDEMARK_OPTION_INVALID';
      },
    );
    assert.throws(() => new TidemarkInstrumentation({} as never), AgentError);
  });
});
