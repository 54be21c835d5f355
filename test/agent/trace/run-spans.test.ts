import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { context, SpanKind, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';
import * as ort from 'onnxruntime-node';
import { spanRuns } from '../../../agent/src/trace/run-spans.ts';
import { feedsOf, openTiny } from './tiny-session.ts';
import { type Sdk, useSdk } from './use-sdk.ts';

const bad = (): never => {
  throw new Error('theirs');
};
const spansOf = (tracer: () => Tracer, failed: (error: unknown) => void = (error) => assert.fail(String(error))) => ({
  tracer,
  name: 'onnx.run tiny',
  attributes: { 'tidemark.model.name': 'tiny' },
  failed,
});
const ours = () => spansOf(() => trace.getTracer('ours'));

describe('spans around runs', () => {
  let sdk: Sdk;
  useSdk((own) => {
    sdk = own;
  });
  const put = (spans = ours(), runtime: object = ort) => {
    const undo = spanRuns(runtime, spans);
    assert.ok(undo);
    return undo;
  };
  /** A runtime whose runs are the given one. */
  const runtimeOf = (run: (...args: never[]) => unknown) => {
    class InferenceSession {}
    Object.assign(InferenceSession.prototype, { run });
    return { InferenceSession, session: new InferenceSession() as { run(...args: unknown[]): unknown } };
  };

  it('are internal, named, children of the active span, and end with the run', async () => {
    const session = await openTiny();
    const undo = put();
    await trace.getTracer('host').startActiveSpan('request', async (request) => {
      await session.run(feedsOf(1));
      request.end();
    });
    undo();
    await session.run(feedsOf(1));
    const [run, request, ...more] = sdk.spans();
    assert.deepEqual(more, []);
    assert.equal(run?.name, 'onnx.run tiny');
    assert.equal(run.kind, SpanKind.INTERNAL);
    assert.equal(run.status.code, SpanStatusCode.UNSET);
    assert.deepEqual({ ...run.attributes }, { 'tidemark.model.name': 'tiny' });
    assert.equal(run.parentSpanContext?.spanId, request?.spanContext().spanId);
  });

  it('change neither answers nor errors, and tell of a failed run without its message', async () => {
    const session = await openTiny();
    const bare = await session.run(feedsOf(1));
    const failure = await session.run({}).then(
      () => 'no failure',
      (error: Error) => error.message,
    );
    const undo = put();
    const watched = await session.run(feedsOf(1));
    await assert.rejects(session.run({}), (error: Error) => error.message === failure);
    undo();
    assert.deepEqual(
      Object.entries(watched).map(([name, tensor]) => [name, (tensor as ort.Tensor).data]),
      Object.entries(bare).map(([name, tensor]) => [name, (tensor as ort.Tensor).data]),
    );
    const [, failed] = sdk.spans();
    assert.deepEqual({ ...failed?.status }, { code: SpanStatusCode.ERROR });
    assert.equal(failed?.attributes['error.type'], 'Error');
  });

  it('are the active span inside of the run, also after an await', async () => {
    const seen: (string | undefined)[] = [];
    const { session, ...runtime } = runtimeOf(async () => {
      seen.push(trace.getActiveSpan()?.spanContext().spanId);
      await Promise.resolve();
      seen.push(trace.getActiveSpan()?.spanContext().spanId);
    });
    const undo = put(ours(), runtime);
    await session.run();
    undo();
    const id = sdk.spans()[0]?.spanContext().spanId;
    assert.ok(id);
    assert.deepEqual(seen, [id, id]);
    assert.equal(trace.getActiveSpan(), undefined);
  });

  it('keep this, arguments, name and length, and what a run that is not async answers or throws', () => {
    let runs = 0;
    const { session, ...runtime } = runtimeOf(function run(this: unknown, a: unknown, b: unknown) {
      runs++;
      if (a === undefined) bad();
      return [this, a, b];
    });
    const undo = put(ours(), runtime);
    assert.deepEqual([session.run.name, session.run.length], ['run', 2]);
    const answer = session.run(1, 2) as unknown[];
    assert.equal(answer[0], session);
    assert.deepEqual(answer.slice(1), [1, 2]);
    assert.throws(() => session.run(), /theirs/);
    assert.equal(runs, 2);
    undo();
    assert.deepEqual(
      sdk.spans().map(({ status }) => status.code),
      [SpanStatusCode.UNSET, SpanStatusCode.ERROR],
    );
  });

  it('come off though somebody has patched the run since', async () => {
    const { session, ...runtime } = runtimeOf(async () => 'answer');
    const undo = put(ours(), runtime);
    const patched = session.run;
    const { prototype } = runtime.InferenceSession;
    Object.assign(prototype, { run: (...args: unknown[]) => Reflect.apply(patched, session, args) });
    undo();
    assert.equal(await session.run(), 'answer');
    assert.deepEqual(sdk.spans(), []);
  });

  it('are left out where the tracer fails, and the run goes on', async () => {
    const failures: unknown[] = [];
    const { session, ...runtime } = runtimeOf(async () => 'answer');
    const hostile = { startSpan: () => ({ end: bad, setStatus: bad }), startActiveSpan: bad } as unknown as Tracer;
    for (const tracer of [bad, () => hostile]) {
      const undo = put(
        spansOf(tracer, (error) => failures.push(error)),
        runtime,
      );
      assert.equal(await session.run(), 'answer');
      undo();
    }
    assert.equal(failures.length, 2);
  });

  it('end though the span fails to take its error', async () => {
    let ended = 0;
    const span = { setStatus: bad, end: () => ended++ };
    const { session, ...runtime } = runtimeOf(async () => bad());
    const undo = put(
      spansOf(
        () => ({ startSpan: () => span }) as unknown as Tracer,
        () => {},
      ),
      runtime,
    );
    await assert.rejects(async () => session.run(), /theirs/);
    undo();
    assert.equal(ended, 1);
  });

  it('are not to be had of something without sessions', () => {
    for (const runtime of [{}, { InferenceSession: {} }, { InferenceSession: class {} }, { InferenceSession: 1 }]) {
      assert.equal(spanRuns(runtime, ours()), undefined);
    }
  });
});

describe('a run in a span under a context manager that fails', () => {
  it('is run once, outside of the span', async () => {
    const manager = { active: () => context.active(), with: bad, bind: bad, enable: bad, disable: () => manager };
    let runs = 0;
    class InferenceSession {
      async run() {
        return ++runs;
      }
    }
    const outside = context.active();
    context.setGlobalContextManager({ ...manager, active: () => outside } as never);
    try {
      const undo = spanRuns({ InferenceSession }, ours());
      assert.equal(await new InferenceSession().run(), 1);
      undo?.();
    } finally {
      context.disable();
    }
    assert.equal(runs, 1);
  });
});
