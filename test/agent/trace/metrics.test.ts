import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { type MeterProvider as ApiMeterProvider, metrics } from '@opentelemetry/api';
import { type Histogram, MeterProvider } from '@opentelemetry/sdk-metrics';
import { DURATION_BOUNDS_S } from '../../../agent/src/trace/metrics.ts';
import { Tracing } from '../../../agent/src/trace/tracing.ts';
import { ManualReader, points } from './use-sdk.ts';

const V1 = { model: 'flight-delay', version: '1' };
const V2 = { model: 'flight-delay', version: '2' };
const NAMES = (version: string) => ({ 'tidemark.model.name': 'flight-delay', 'tidemark.model.version': version });
const silent = (message: string): void => assert.fail(message);

describe('metrics', () => {
  const open: MeterProvider[] = [];
  const make = () => {
    const reader = new ManualReader();
    const provider = new MeterProvider({ readers: [reader] });
    open.push(provider);
    return { reader, provider };
  };
  const tracingOf = (given: true | ApiMeterProvider, say = silent) =>
    new Tracing({ trace: false, metrics: given }, say);
  afterEach(async () => {
    metrics.disable();
    for (const provider of open.splice(0)) await provider.shutdown();
  });

  it('measures calls in seconds, by model, version and role, with failures apart', async () => {
    const { reader, provider } = make();
    const tracing = tracingOf(provider);
    tracing.finished(V1, 'inference', 1.5, false);
    tracing.finished(V1, 'inference', 2.5, false);
    tracing.finished(V1, 'inference', 3, true);
    tracing.finished(V2, 'step', 4, false);
    tracing.finished(V2, 'step', 4, true);
    const duration = (await reader.byName())['tidemark.inference.duration'];
    assert.equal(duration?.descriptor.unit, 's');
    assert.deepEqual(points(duration), [
      [{ ...NAMES('1'), 'tidemark.role': 'inference' }, 2],
      [{ ...NAMES('1'), 'tidemark.role': 'inference', 'error.type': '_OTHER' }, 1],
      [{ ...NAMES('2'), 'tidemark.role': 'step' }, 1],
      [{ ...NAMES('2'), 'tidemark.role': 'step', 'error.type': '_OTHER' }, 1],
    ]);
    const first = duration?.dataPoints[0]?.value as Histogram;
    assert.equal(first.sum, 0.004);
    assert.deepEqual(first.buckets.boundaries, DURATION_BOUNDS_S);
  });

  it('leaves out a call whose latency is not known', async () => {
    const { reader, provider } = make();
    const tracing = tracingOf(provider);
    tracing.finished(V1, 'inference', Number.NaN, false);
    tracing.finished(V1, 'inference', 0, false);
    assert.deepEqual(
      points((await reader.byName())['tidemark.inference.duration']).map(([, count]) => count),
      [1],
    );
  });

  it('counts verdicts by what was done', async () => {
    const { reader, provider } = make();
    const tracing = tracingOf(provider);
    for (const action of ['annotate', 'reject', 'annotate', 'fallback'] as const) {
      tracing.violated(V1, { action, violations: [] });
    }
    assert.deepEqual(points((await reader.byName())['tidemark.guard.verdicts']), [
      [{ ...NAMES('1'), 'tidemark.verdict': 'annotate' }, 2],
      [{ ...NAMES('1'), 'tidemark.verdict': 'reject' }, 1],
      [{ ...NAMES('1'), 'tidemark.verdict': 'fallback' }, 1],
    ]);
  });

  it('reports what the agent lost and what waits, asking once a collection', async () => {
    const { reader, provider } = make();
    const tracing = tracingOf(provider);
    let asked = 0;
    let lost = 3;
    tracing.observe(() => {
      asked++;
      return { dropped: { 'queue-full': lost, refused: 0 }, queueBytes: 4_096 };
    });
    assert.equal(asked, 0);
    await reader.byName();
    lost = 5;
    const found = await reader.byName();
    assert.equal(asked, 2);
    assert.deepEqual(points(found['tidemark.agent.dropped']), [
      [{ 'tidemark.loss.reason': 'queue-full' }, 5],
      [{ 'tidemark.loss.reason': 'refused' }, 0],
    ]);
    assert.deepEqual(points(found['tidemark.agent.queue.size']), [[{}, 4_096]]);
    assert.equal(found['tidemark.agent.queue.size']?.descriptor.unit, 'By');
  });

  it('goes on with the last statistics once the agent has stopped', async () => {
    const { reader, provider } = make();
    const tracing = tracingOf(provider);
    let asked = 0;
    tracing.observe(() => ({ dropped: {}, queueBytes: ++asked }));
    tracing.settle();
    await reader.byName();
    assert.deepEqual(points((await reader.byName())['tidemark.agent.queue.size']), [[{}, 1]]);
    assert.equal(asked, 1);
  });

  it('finds a global provider that is registered after the agent was made', async () => {
    const tracing = tracingOf(true);
    tracing.observe(() => ({ dropped: {}, queueBytes: 7 }));
    tracing.finished(V1, 'inference', 1, false);
    const { reader, provider } = make();
    metrics.setGlobalMeterProvider(provider);
    tracing.finished(V1, 'inference', 1, false);
    const found = await reader.byName();
    assert.deepEqual(
      points(found['tidemark.inference.duration']).map(([, count]) => count),
      [1],
    );
    assert.deepEqual(points(found['tidemark.agent.queue.size']), [[{}, 7]]);
  });

  it('follows when the global provider is replaced, and leaves the one before', async () => {
    const tracing = tracingOf(true);
    const [one, two] = [make(), make()];
    metrics.setGlobalMeterProvider(one.provider);
    tracing.observe(() => ({ dropped: {}, queueBytes: 7 }));
    tracing.finished(V1, 'inference', 1, false);
    metrics.disable();
    metrics.setGlobalMeterProvider(two.provider);
    tracing.finished(V1, 'inference', 1, false);
    assert.deepEqual(points((await one.reader.byName())['tidemark.agent.queue.size']), []);
    assert.deepEqual(points((await two.reader.byName())['tidemark.agent.queue.size']), [[{}, 7]]);
  });

  it('takes no harm from statistics that throw', async () => {
    const said: string[] = [];
    const { reader, provider } = make();
    const tracing = tracingOf(provider, (message) => said.push(message));
    tracing.observe(() => assert.fail('mine'));
    assert.deepEqual(points((await reader.byName())['tidemark.agent.queue.size']), []);
    tracing.settle();
    assert.deepEqual(said.length, 2);
  });

  it('takes no harm from a provider that throws, and asks it once', () => {
    const said: string[] = [];
    let asked = 0;
    const provider = {
      getMeter(): never {
        asked++;
        throw new Error('theirs');
      },
    };
    const tracing = tracingOf(provider, (message) => said.push(message));
    tracing.observe(() => ({ dropped: {}, queueBytes: 0 }));
    tracing.finished(V1, 'inference', 1, false);
    tracing.violated(V1, { action: 'reject', violations: [] });
    assert.equal(asked, 1);
    assert.deepEqual(said, ['tracing: Error: theirs']);
  });

  it('goes on to the next provider though the one before does not let go', async () => {
    const said: string[] = [];
    const tracing = tracingOf(true, (message) => said.push(message));
    const one = make();
    const meter = one.provider.getMeter('x');
    metrics.setGlobalMeterProvider({
      getMeter: () =>
        new Proxy(meter, {
          get: (target, key) =>
            key === 'removeBatchObservableCallback'
              ? () => assert.fail('theirs')
              : Reflect.get(target, key).bind(target),
        }),
    });
    tracing.finished(V1, 'inference', 1, false);
    metrics.disable();
    const two = make();
    metrics.setGlobalMeterProvider(two.provider);
    tracing.finished(V1, 'inference', 1, false);
    assert.deepEqual(
      points((await two.reader.byName())['tidemark.inference.duration']).map(([, count]) => count),
      [1],
    );
    assert.equal(said.length, 1);
  });
});
