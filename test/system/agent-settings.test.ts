import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createAgent, predictionIdOf } from '@tidemark/agent';
import { CollectorApi } from '../../examples/flight-delay/src/collector-api.ts';
import { startTestCollector } from '../support/test-collector.ts';

type Json = Readonly<Record<string, unknown>>;

/** Asks the API of a real collector. */
async function ask<T>(url: string, init?: RequestInit): Promise<T> {
  const response = await fetch(url, init);
  assert.ok(response.ok, `${response.status} ${await response.clone().text()}`);
  return (await response.json()) as T;
}

const put = (body: Json) => ({
  method: 'PUT',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

describe('an agent and its collector', () => {
  test('agree on bounds without a deploy, and on events and outcomes by name', { timeout: 60_000 }, async (t) => {
    const { collector } = await startTestCollector(t);
    const agent = createAgent({
      collector: collector.grpcAddress,
      model: { name: 'm', version: '1' },
      privacy: { allow: ['feature/x', 'prediction/*'] },
      events: { perInterval: 50 },
      log: () => {},
    });
    t.after(() => agent.stop({ timeoutMs: 1_000 }));
    const verdicts: string[] = [];
    const predict = agent.wrap((x: number) => ({ y: x * 2 }), {
      features: (x) => ({ x, secret: 'hunter2' }),
      prediction: ({ y }) => ({ y }),
      id: (x) => `call-${x}`,
      guard: {
        bounds: { action: 'fallback' },
        fallback: () => ({ y: -1 }),
        onVerdict: ({ action }) => verdicts.push(action),
      },
    });
    const flush = async () => assert.ok((await agent.flush({ timeoutMs: 20_000 })).delivered);

    assert.deepEqual(predict(50), { y: 100 });
    await flush();
    const api = `${collector.httpUrl}/api/v1`;
    const [version = assert.fail('the version is not known')] = await new CollectorApi(collector.httpUrl).versions('m');
    const { id } = version;
    const bounds = [{ stage: 'feature', field: 'x', min: 0, max: 10 }];
    const changed = await ask<Json>(`${api}/models/${id}/settings`, put({ revision: 0, settings: { bounds } }));
    assert.ok(Number(changed.revision) > 0, JSON.stringify(changed));

    // Settings come with the next receipt.
    predict(1);
    await flush();
    assert.equal(agent.stats().settingsRevision, changed.revision);
    const replaced = predict(50);
    assert.deepEqual([replaced, verdicts], [{ y: -1 }, ['fallback']]);
    assert.equal(typeof predictionIdOf(predict(2)), 'string');
    agent.outcome('call-2', { actual: 4, note: null });
    agent.outcome('', { actual: 4 });
    await flush();
    assert.deepEqual(agent.stats().outcomes, { given: 2, sent: 1, pending: 0, spooled: 0, dropped: 1 });

    const events = await ask<{ events: Json[] } | Json[]>(`${api}/models/${id}/events`);
    const [event, ...others] = Array.isArray(events) ? events : events.events;
    assert.deepEqual([event?.stratum, event?.prediction_id, others.length], ['violation', 'call-50', 0]);
    assert.match(JSON.stringify(event), /statistical/);
    assert.ok(!JSON.stringify(event).includes('hunter2') && !JSON.stringify(event).includes('secret'));
    const outcomes = JSON.stringify(await ask(`${api}/models/${id}/outcomes`));
    assert.match(outcomes, /call-2/);
    const agents = JSON.stringify(await ask(`${api}/agents`));
    assert.match(agents, /captured/);
  });

  test('keep the bounds of model versions apart, also of one that is served only later', {
    timeout: 60_000,
  }, async (t) => {
    const { collector } = await startTestCollector(t);
    const agent = createAgent({ collector: collector.grpcAddress, model: { name: 'm', version: 'a' }, log: () => {} });
    t.after(() => agent.stop({ timeoutMs: 1_000 }));
    const found: string[] = [];
    const serve = (version: string) =>
      agent.model({ name: 'm', version }).wrap((x: number) => x, {
        features: (x) => ({ x }),
        guard: { bounds: true, onVerdict: () => found.push(version) },
      });
    const flush = async () => assert.ok((await agent.flush({ timeoutMs: 20_000 })).delivered);
    const api = `${collector.httpUrl}/api/v1`;
    const bound = async (version: string, revision: number) => {
      const known = await new CollectorApi(collector.httpUrl).versions('m');
      const id = known.find((one) => one.version === version)?.id ?? assert.fail(`${version} is not known`);
      const settings = { bounds: [{ stage: 'feature', field: 'x', max: 10 }] };
      return Number((await ask<Json>(`${api}/models/${id}/settings`, put({ revision, settings }))).revision);
    };

    // A later version is known to the collector from another process, and its settings are the oldest.
    const other = createAgent({ collector: collector.grpcAddress, model: { name: 'm', version: 'c' }, log: () => {} });
    other.wrap((x: number) => x)(1);
    assert.ok((await other.stop({ timeoutMs: 20_000 })).delivered);
    await bound('c', 0);
    const [a, b] = [serve('a'), serve('b')];
    a(1);
    b(1);
    await flush();
    await bound('a', 0);
    const ofB = await bound('b', 0);
    a(1);
    b(1);
    await flush();
    a(99);
    b(99);
    assert.deepEqual(found.splice(0), ['a', 'b']);

    // Those of one change while only that one is served.
    await bound('b', ofB);
    b(1);
    await flush();
    a(99);
    b(99);
    assert.deepEqual(found.splice(0), ['a', 'b']);

    const c = serve('c');
    c(1);
    await flush();
    for (const predict of [a, b, c]) predict(99);
    assert.deepEqual(found, ['a', 'b', 'c']);
  });
});
