import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { type FastifyInstance, fastify } from 'fastify';
import type { Agent } from '../../../agent/src/agent.ts';
import type { RequestLike } from '../../../agent/src/observe/fastify-options.ts';
import type { FakeCollector } from '../fake-collector.ts';
import { makeAgent } from '../make-agent.ts';
import { useAgent } from '../use-agent.ts';

const WAIT = { timeoutMs: 10_000 };
type Body = { readonly x: number };
const bodyOf = (request: RequestLike) => request.body as Body;
const PREDICT = {
  features: (request: RequestLike) => bodyOf(request),
  prediction: (payload: { y: number }) => payload.y,
  confidence: (payload: { p: number }) => payload.p,
};
const SCHEMA = { body: { type: 'object', required: ['x'], properties: { x: { type: 'number' } } } };

/** An application over the same routes, watched or not. */
function application(): FastifyInstance {
  const app = fastify();
  app.post('/predict', { schema: SCHEMA }, async (request) => {
    const { x } = request.body as Body;
    if (x === -1) throw new TypeError('theirs');
    if (x === -2) throw Object.assign(new Error('not found'), { statusCode: 404 });
    return { y: 2 * x, p: 0.5 };
  });
  app.get('/other', async () => ({ y: 1 }));
  app.register(
    async (inner) => {
      inner.post('/items/:id', async (request, reply) => reply.code(201).send({ y: (request.body as Body).x, p: 1 }));
      inner.post('/text', async () => 'plain');
      inner.post('/stream', async () => Readable.from(['a', 'b']));
      inner.post('/hijacked', (_, reply) => {
        reply.hijack();
        reply.raw.end('raw');
      });
    },
    { prefix: '/v1' },
  );
  return app;
}

describe('a watched fastify application', () => {
  let agent: Agent;
  let collector: FakeCollector;
  let app: FastifyInstance;
  useAgent((ownAgent, ownCollector) => {
    agent = ownAgent;
    collector = ownCollector;
  });
  beforeEach(() => {
    app = application();
  });
  afterEach(() => app.close());

  const post = async (address: string, path: string, body: unknown) => {
    const headers = { 'content-type': 'application/json', connection: 'close' };
    const response = await fetch(`${address}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    return [response.status, await response.text(), response.headers.get('content-type')];
  };
  const listen = () => app.listen({ port: 0, host: '127.0.0.1' });

  it('counts and records the routes named, over HTTP, with their answers as objects', async () => {
    app.register(agent.fastify({ routes: { 'POST /predict': PREDICT } }));
    const address = await listen();
    assert.deepEqual(await post(address, '/predict', { x: 3 }), [
      200,
      '{"y":6,"p":0.5}',
      'application/json; charset=utf-8',
    ]);
    await fetch(`${address}/other`, { headers: { connection: 'close' } });
    await post(address, '/v1/items/1', { x: 3 });
    await agent.flush(WAIT);
    assert.deepEqual([collector.rows, collector.errors], [1, 0]);
    const mean = (name: string) => collector.series(name).moments.mean;
    assert.deepEqual([mean('feature/x'), mean('prediction/value'), mean('confidence/value')], [3, 6, 0.5]);
    assert.equal(collector.series('latency/call_ms').kinds.valid, 1);
  });

  it('counts what was thrown and answered with 500 as errors, and what the client did wrong not', async () => {
    app.register(agent.fastify({ routes: { 'POST /predict': PREDICT } }));
    const address = await listen();
    const statuses: unknown[] = [];
    for (const x of [1, -1, -2, 'no number']) statuses.push((await post(address, '/predict', { x }))[0]);
    assert.deepEqual(statuses, [200, 500, 404, 400]);
    await agent.flush(WAIT);
    assert.deepEqual([collector.rows, collector.errors], [3, 1]);
    assert.deepEqual(
      [collector.series('prediction/value').kinds.valid, collector.series('prediction/value').kinds.missing],
      [1, 1],
    );
  });

  it('counts what was thrown as an error also where an error handler answers in its place', async () => {
    const own = fastify();
    own.setErrorHandler((_, __, reply) => reply.code(200).send({ y: 0, p: 0 }));
    own.register(agent.fastify({ routes: { 'POST /predict': PREDICT } }));
    own.post('/predict', () => Promise.reject(new TypeError('theirs')));
    const response = await own.inject({ method: 'POST', url: '/predict', payload: { x: 1 } });
    assert.equal(response.body, '{"y":0,"p":0}');
    await own.close();
    await agent.flush(WAIT);
    assert.deepEqual([collector.rows, collector.errors], [1, 1]);
  });

  it('sees routes below a prefix, each under a version of its own, and leaves texts and streams alone', async () => {
    const routes = Object.fromEntries(
      ['items/:id', 'text', 'stream'].map((path) => [
        `POST /v1/${path}`,
        { ...PREDICT, model: { name: path.replace('/:id', ''), version: '1' } },
      ]),
    );
    app.register(agent.fastify({ routes }));
    const address = await listen();
    assert.deepEqual((await post(address, '/v1/items/7', { x: 5 })).slice(0, 2), [201, '{"y":5,"p":1}']);
    assert.deepEqual((await post(address, '/v1/text', { x: 5 })).slice(0, 2), [200, 'plain']);
    assert.deepEqual((await post(address, '/v1/stream', { x: 5 })).slice(0, 2), [200, 'ab']);
    assert.deepEqual((await post(address, '/v1/hijacked', { x: 5 })).slice(0, 2), [200, 'raw']);
    await agent.flush(WAIT);
    const rows = [...collector.windows].map(([key, window]) => `${key.split(' ')[0]} ${window.rows}`);
    assert.deepEqual(new Set(rows), new Set(['items 1', 'text 1', 'stream 1']));
    assert.equal(collector.series('prediction/value').kinds.valid, 1);
  });

  it('answers as the bare one does, also where extractors fail', async () => {
    const bare = application();
    const bareAddress = await bare.listen({ port: 0, host: '127.0.0.1' });
    const fails = () => assert.fail('theirs');
    const failing = { input: fails, features: fails, prediction: fails, confidence: fails, at: fails };
    app.register(
      agent.fastify({ routes: { 'POST /predict': failing, 'POST /v1/text': failing, 'POST /v1/stream': failing } }),
    );
    const address = await listen();
    for (const [path, body] of [
      ['/predict', { x: 1 }],
      ['/predict', { x: -1 }],
      ['/predict', { x: -2 }],
      ['/predict', {}],
      ['/v1/text', { x: 1 }],
      ['/v1/stream', { x: 1 }],
      ['/nowhere', {}],
    ] as const)
      assert.deepEqual(await post(address, path, body), await post(bareAddress, path, body));
    await bare.close();
    assert.equal(agent.stats().captured, 5);
    // Three before each of five calls; two after the one that answered an object.
    assert.equal(agent.stats().incomplete['extractor-failed'], 17);
  });

  it('says which routes there are not, when the application gets ready', async () => {
    app.register(agent.fastify({ routes: { 'POST /predict': {}, 'GET /predict': {}, 'POST /items/:id': {} } }));
    await assert.rejects(
      app.ready() as unknown as Promise<unknown>,
      (error: { code: string; mistakes: { option: string }[] }) => {
        assert.equal(error.code, 'TIDEMARK_OPTION_INVALID');
        assert.deepEqual(
          error.mistakes.map(({ option }) => option),
          ['routes.GET /predict', 'routes.POST /items/:id'],
        );
        return true;
      },
    );
  });

  it('names every wrong option', () => {
    assert.throws(() => agent.fastify({ routes: { predict: {}, 'POST /x': { features: 1, no: 2 } } } as never), {
      mistakes: [
        { option: 'routes.predict', expected: 'a name like POST /predict', got: 'predict' },
        {
          option: 'routes.POST /x.no',
          expected: 'one of input, features, prediction, ranked, confidence, slices, at, role, model',
          got: 'an unknown option',
        },
        { option: 'routes.POST /x.features', expected: 'a function', got: '1' },
      ],
    });
    assert.throws(() => agent.fastify({} as never), { code: 'TIDEMARK_OPTION_INVALID' });
  });

  it('has no hooks where the agent is off', async () => {
    const off = makeAgent({ enabled: false });
    app.register(off.fastify({ routes: { 'POST /nowhere': {} } }));
    await app.ready();
    await off.stop();
  });
});
