import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Context, context, ROOT_CONTEXT, type Span, trace } from '@opentelemetry/api';
import { Tracing } from '../../../agent/src/trace/tracing.ts';
import { type Sdk, useSdk } from './use-sdk.ts';

const V1 = { model: 'flight-delay', version: '1' };
const V2 = { model: 'fraud', version: '7' };
const violation = (check: string, field = 'age') => ({ check, stage: 'feature', field });
const verdict = (action: 'annotate' | 'fallback' | 'reject', ...checks: string[]) => ({
  action,
  violations: checks.map((check) => violation(check)),
});
const silent = (message: string): void => assert.fail(message);

describe('tracing under an SDK', () => {
  let sdk: Sdk;
  useSdk((own) => {
    sdk = own;
  });
  const tracing = new Tracing({ trace: true, metrics: false }, silent);
  const inSpan = <R>(work: (span: Span) => R): R =>
    trace.getTracer('host').startActiveSpan('request', (span) => {
      try {
        return work(span);
      } finally {
        span.end();
      }
    });
  const attributes = () => sdk.spans().map((span) => span.attributes);

  it('gives the ids of the active span, in and after an await, and none outside of it', async () => {
    await trace.getTracer('host').startActiveSpan('request', async (span) => {
      const { traceId, spanId } = span.spanContext();
      assert.deepEqual(tracing.ids(), { traceId, spanId });
      await nextTurn();
      assert.deepEqual(tracing.ids(), { traceId, spanId });
      span.end();
      assert.deepEqual(tracing.ids(), { traceId, spanId });
    });
    assert.equal(tracing.ids(), undefined);
  });

  it('says on the span which model, which verdict and which checks', () => {
    inSpan(() => tracing.violated(V1, verdict('fallback', 'range', 'type'), 'p-1'));
    assert.deepEqual(attributes(), [
      {
        'tidemark.model.name': 'flight-delay',
        'tidemark.model.version': '1',
        'tidemark.verdict': 'fallback',
        'tidemark.violations': ['range:feature/age', 'type:feature/age'],
        'tidemark.prediction_id': 'p-1',
      },
    ]);
  });

  it('writes nothing about a prediction that has no id', () => {
    inSpan(() => tracing.violated(V1, verdict('annotate', 'range'), ''));
    assert.equal(Object.hasOwn(attributes()[0] ?? {}, 'tidemark.prediction_id'), false);
  });

  it('names each failed check once and at most 16 of them', () => {
    const fields = Array.from({ length: 40 }, (_, i) => violation('range', `f${i >> 1}`));
    inSpan(() => tracing.violated(V1, { action: 'annotate', violations: fields }));
    const names = attributes()[0]?.['tidemark.violations'];
    assert.deepEqual(
      names,
      Array.from({ length: 16 }, (_, i) => `range:feature/f${i}`),
    );
  });

  it('lets the worst verdict stand, whichever model it is on, and of equal ones the first', () => {
    inSpan(() => {
      tracing.violated(V1, verdict('annotate', 'range'), 'p-1');
      tracing.violated(V1, verdict('annotate', 'type'), 'p-2');
      tracing.violated(V2, verdict('reject', 'presence'));
      tracing.violated(V1, verdict('fallback', 'range'), 'p-3');
    });
    assert.deepEqual(attributes(), [
      {
        'tidemark.model.name': 'fraud',
        'tidemark.model.version': '7',
        'tidemark.verdict': 'reject',
        'tidemark.violations': ['presence:feature/age'],
        'tidemark.prediction_id': '',
      },
    ]);
  });

  it('says the lowest confidence, and the model of it unless a verdict has named one', () => {
    inSpan(() => {
      tracing.lowConfidence(V1, 0.4);
      tracing.lowConfidence(V1, 0.5);
      tracing.lowConfidence(V1, Number.NaN);
    });
    inSpan(() => {
      tracing.violated(V2, verdict('annotate', 'range'));
      tracing.lowConfidence(V1, 0.2);
    });
    assert.deepEqual(attributes(), [
      { 'tidemark.model.name': 'flight-delay', 'tidemark.model.version': '1', 'tidemark.confidence': 0.4 },
      {
        'tidemark.model.name': 'fraud',
        'tidemark.model.version': '7',
        'tidemark.verdict': 'annotate',
        'tidemark.violations': ['range:feature/age'],
        'tidemark.confidence': 0.2,
      },
    ]);
  });

  it('keeps the spans of calls that run at the same time apart', async () => {
    const call = (action: 'annotate' | 'reject') =>
      trace.getTracer('host').startActiveSpan(action, async (span) => {
        await nextTurn();
        tracing.violated(V1, verdict(action, 'range'));
        await nextTurn();
        tracing.violated(V1, verdict('fallback', 'range'));
        span.end();
      });
    await Promise.all([call('annotate'), call('reject')]);
    const told = Object.fromEntries(sdk.spans().map((span) => [span.name, span.attributes['tidemark.verdict']]));
    assert.deepEqual(told, { annotate: 'fallback', reject: 'reject' });
  });

  it('leaves a span alone that has ended', () => {
    trace.getTracer('host').startActiveSpan('request', (span) => {
      span.end();
      tracing.violated(V1, verdict('reject', 'range'));
      tracing.lowConfidence(V1, 0.1);
    });
    assert.deepEqual(attributes(), [{}]);
  });

  it('gives the ids of a span of another process, and does not write on it', () => {
    const remote = { traceId: 'a'.repeat(32), spanId: 'B'.repeat(16), traceFlags: 0, isRemote: true };
    context.with(trace.setSpanContext(ROOT_CONTEXT, remote), () => {
      assert.deepEqual(tracing.ids(), { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) });
      tracing.violated(V1, verdict('reject', 'range'));
    });
  });

  it('does nothing at all with trace off', () => {
    const off = new Tracing({ trace: false, metrics: false }, silent);
    inSpan(() => {
      off.violated(V1, verdict('reject', 'range'), 'p-1');
      off.lowConfidence(V1, 0.1);
      off.finished(V1, 'inference', 1, false);
      off.observe(() => assert.fail('asked for statistics'));
      off.settle();
      assert.equal(off.ids(), undefined);
    });
    assert.deepEqual(attributes(), [{}]);
  });
});

describe('tracing with spans that are not what they should be', () => {
  const rejections: unknown[] = [];
  const bad = (): never => {
    throw new Error('theirs');
  };
  /** Runs `work` where `span` is the active one. */
  const withSpan = (span: unknown, work: () => void): void => {
    const manager = {
      active: (): Context => trace.setSpan(ROOT_CONTEXT, span as Span),
      with: bad,
      bind: bad,
      enable: bad,
      disable: () => manager,
    };
    context.setGlobalContextManager(manager as never);
    try {
      work();
    } finally {
      context.disable();
    }
  };
  const tell = (tracing: Tracing) => {
    tracing.violated(V1, verdict('reject', 'range'), 'p-1');
    tracing.lowConfidence(V1, 0.1);
    return tracing.ids();
  };

  it('says in the log what threw, and never throws', () => {
    const said: string[] = [];
    const tracing = new Tracing({ trace: true, metrics: false }, (message) => said.push(message));
    const spans: unknown[] = [
      { isRecording: bad, spanContext: bad },
      { isRecording: () => true, setAttributes: bad, spanContext: () => ({ traceId: bad, spanId: bad }) },
      {
        isRecording: () => true,
        setAttributes: () => {},
        get spanContext() {
          return bad();
        },
      },
      {},
      7,
      new Proxy({}, { get: bad }),
    ];
    for (const span of spans) withSpan(span, () => assert.equal(tell(tracing), undefined));
    assert.ok(said.includes('tracing: Error: theirs'));
    assert.ok(said.every((message) => message.startsWith('tracing: ')));
  });

  it('takes ids that are no ids for none', () => {
    const tracing = new Tracing({ trace: true, metrics: false }, silent);
    const contexts = [
      undefined,
      null,
      {},
      { traceId: '0'.repeat(32), spanId: 'a'.repeat(16) },
      { traceId: 'a'.repeat(32), spanId: '0'.repeat(16) },
      { traceId: 'g'.repeat(32), spanId: 'a'.repeat(16) },
      { traceId: 'a'.repeat(31), spanId: 'a'.repeat(16) },
      { traceId: 5, spanId: 6 },
    ];
    for (const given of contexts) {
      withSpan({ isRecording: () => false, spanContext: () => given }, () => assert.equal(tracing.ids(), undefined));
    }
  });

  it('handles the rejections of a span that answers with promises', async () => {
    const onRejection = (error: unknown) => rejections.push(error);
    process.on('unhandledRejection', onRejection);
    const late = async () => bad();
    const tracing = new Tracing({ trace: true, metrics: false }, silent);
    withSpan({ isRecording: late, spanContext: late }, () => assert.equal(tell(tracing), undefined));
    withSpan({ isRecording: () => true, setAttributes: late, spanContext: late }, () => tell(tracing));
    await nextTurn();
    await nextTurn();
    process.off('unhandledRejection', onRejection);
    assert.deepEqual(rejections, []);
  });

  it('survives a context manager that throws', () => {
    const said: string[] = [];
    const tracing = new Tracing({ trace: true, metrics: false }, (message) => said.push(message));
    const manager = { active: bad, with: bad, bind: bad, enable: bad, disable: () => manager };
    context.setGlobalContextManager(manager as never);
    try {
      assert.equal(tell(tracing), undefined);
    } finally {
      context.disable();
    }
    assert.equal(said.length, 3);
  });
});
