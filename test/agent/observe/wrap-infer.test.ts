import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Agent } from '../../../agent/src/agent.ts';
import type { FakeCollector } from '../fake-collector.ts';
import { useAgent } from '../use-agent.ts';
import { InferenceServer, type Reply } from './inference-server.ts';

const WAIT = { timeoutMs: 10_000 };
const OPTIONS = { features: { x: ['a', 'b'] }, prediction: 'label', confidence: 'score' } as const;
const request = (data: unknown, shape: readonly number[] = [2, 2]) => ({
  id: 'id',
  inputs: [{ name: 'x', shape, datatype: 'FP32', data }],
});
const init = (body: unknown) => ({ method: 'POST', body: JSON.stringify(body) });

describe('a watched client of an inference server', () => {
  let agent: Agent;
  let collector: FakeCollector;
  let server: InferenceServer;
  useAgent((ownAgent, ownCollector) => {
    agent = ownAgent;
    collector = ownCollector;
  });
  beforeEach(async () => {
    server = await new InferenceServer().start();
  });
  afterEach(() => server.stop());
  const windows = () =>
    new Map([...collector.windows].map(([key, { rows }]) => [key.split(' ').slice(0, 2).join(' '), rows]));
  const captures = async (rows: number) => {
    // The answer is read beside the caller, so it may come a little later.
    while (agent.stats().captured < rows) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(agent.stats().captured, rows);
    await agent.flush(WAIT);
  };

  describe('a function', () => {
    const client =
      () =>
      async (body: unknown, path = '/v2/models/sums/infer') => {
        const response = await fetch(server.url(path), init(body));
        if (!response.ok) throw new Error(`status ${response.status}`);
        return (await response.json()) as Record<string, unknown>;
      };

    it('records input and answer under the model and version that answered', async () => {
      const infer = agent.wrapInfer(client(), OPTIONS);
      const answers = [await infer(request([1, 2, -3, -4]))];
      server.version = '2';
      answers.push(await infer(request([[5, 6]], [1, 2])));
      assert.deepEqual(
        answers.map(({ model_version }) => model_version),
        ['1', '2'],
      );
      await captures(3);
      assert.deepEqual(
        windows(),
        new Map([
          ['sums 1', 2],
          ['sums 2', 1],
        ]),
      );
      assert.equal(collector.series('feature/b', '1').moments.mean, -1);
      assert.equal(collector.series('feature/a', '2').moments.mean, 5);
      assert.equal(collector.series('prediction/value', '1').categories.count('down'), 1);
      assert.equal(collector.series('confidence/value', '2').moments.max, 11);
      assert.equal(collector.series('latency/session_ms', '1').kinds.valid, 1);
    });

    it('copies its input before the call, and takes the time of then', async () => {
      const times: unknown[] = [];
      const bare = client();
      const infer = agent.wrapInfer(
        async (body: { inputs: { data: number[] }[] }) => {
          const answer = await bare(body);
          body.inputs[0]?.data.fill(-9);
          return answer;
        },
        { ...OPTIONS, at: (feeds: { x: { data: ArrayLike<number> } }) => times.push(feeds.x.data[0]) * 60_000 },
      );
      await infer(request([1, 2, 3, 4]) as never);
      await captures(2);
      assert.equal(collector.series('feature/a').moments.min, 1);
      assert.deepEqual([times, [...collector.windows.keys()]], [[1], ['sums 1 60000']]);
    });

    it('files a failure under the version that was asked for, or that answered last', async () => {
      const infer = agent.wrapInfer(client(), OPTIONS);
      server.version = '3';
      await infer(request([1, 2, 3, 4]));
      server.reply = () => ({ status: 500, body: '{}' });
      await assert.rejects(infer({ ...request([1, 2, 3, 4]), model_name: 'sums' }), /500/);
      await assert.rejects(infer({ ...request([1, 2], [1, 2]), model_name: 'sums', model_version: '4' }), /500/);
      await assert.rejects(infer(request([1, 2], [1, 2])), /500/);
      await captures(6);
      assert.deepEqual(
        windows(),
        new Map([
          ['sums 3', 4],
          ['sums 4', 1],
          ['flight-delay 1', 1],
        ]),
      );
      assert.equal(collector.errors, 4);
    });

    it('keeps to the version it was given, and counts rows without columns', async () => {
      const infer = agent.wrapInfer(client(), { model: { name: 'own', version: '9' } });
      await infer(request([1, 2, 3, 4]));
      await captures(2);
      assert.deepEqual(windows(), new Map([['own 9', 2]]));
    });

    it('takes no harm from messages that are none, and counts them', async () => {
      for (const answer of [undefined, 5, {}, { outputs: 1, model_name: 'x'.repeat(200), model_version: '1' }]) {
        const infer = agent.wrapInfer(async (_: unknown) => answer, OPTIONS);
        assert.equal(await infer({ inputs: 'none' }), answer);
      }
      await captures(4);
      assert.equal(agent.stats().incomplete['tensor-unreadable'], 12);
      assert.equal(agent.stats().incomplete['capture-failed'], 1);
      assert.deepEqual(windows(), new Map([['flight-delay 1', 4]]));
    });
  });

  describe('a fetch', () => {
    it('leaves the answer, its body and the request as they are', async () => {
      const watched = agent.wrapFetch(fetch, OPTIONS);
      assert.deepEqual([watched.name, watched.length], [fetch.name, fetch.length]);
      const body = request([1, 2, -3, -4]);
      const response = await watched(server.url('/v2/models/sums/infer'), init(body));
      assert.equal(response.bodyUsed, false);
      const { outputs } = (await response.json()) as { outputs: { data: unknown }[] };
      assert.deepEqual(outputs[0]?.data, ['up', 'down']);
      assert.deepEqual(server.seen, [{ url: '/v2/models/sums/infer', body: JSON.stringify(body) }]);
      await captures(2);
      assert.deepEqual(windows(), new Map([['sums 1', 2]]));
      assert.equal(collector.series('feature/a').moments.mean, -1);
      assert.equal(collector.series('prediction/value').categories.count('up'), 1);
    });

    it('takes any address and bytes, and reads an answer that the caller does not', async () => {
      const watched = agent.wrapFetch(fetch, OPTIONS);
      const bytes = new TextEncoder().encode(JSON.stringify(request([1, 2], [1, 2])));
      const url = new URL(server.url('/v2/models/sums/versions/5/infer'));
      await watched(url, { method: 'POST', body: bytes });
      await captures(1);
      assert.deepEqual(windows(), new Map([['sums 5', 1]]));
      await watched(new Request(url, { method: 'POST', body: bytes }));
      await captures(2);
      assert.equal(agent.stats().incomplete['tensor-unreadable'], 1);
      assert.equal(collector.series('prediction/value', '5').categories.count('up'), 2);
    });

    it('lets everything else pass, uncounted', async () => {
      const watched = agent.wrapFetch(fetch, OPTIONS);
      for (const path of ['/v2/models/sums/ready', '/v2/models/sums/inference', '/infer', '/?/v2/models'])
        assert.deepEqual(await (await watched(server.url(path))).json(), { ready: true });
      await assert.rejects(watched('no address'), TypeError);
      await assert.rejects(Reflect.apply(watched, undefined, []) as Promise<unknown>, TypeError);
      assert.equal(agent.stats().captured, 0);
    });

    it('counts a failure of the server or of the way to it', async () => {
      const watched = agent.wrapFetch(fetch, OPTIONS);
      server.reply = () => ({ status: 503, body: '{"error":"busy"}' });
      const path = '/v2/models/sums/versions/6/infer';
      const response = await watched(server.url(path), init(request([1, 2, 3, 4])));
      assert.deepEqual([response.status, await response.json()], [503, { error: 'busy' }]);
      await assert.rejects(watched(`http://127.0.0.1:1${path}`, init(request([1, 2, 3, 4]))), TypeError);
      const signal = AbortSignal.abort(new RangeError('theirs'));
      await assert.rejects(watched(server.url(path), { ...init(request([1, 2], [1, 2])), signal }), RangeError);
      await captures(5);
      assert.deepEqual([collector.errors, windows()], [5, new Map([['sums 6', 5]])]);
    });

    it('counts tensors that travel as binary data, which it does not read', async () => {
      const watched = agent.wrapFetch(fetch, OPTIONS);
      const json = (tensor: string, more: object) =>
        JSON.stringify({
          ...more,
          [tensor]: [
            {
              name: tensor === 'inputs' ? 'x' : 'label',
              shape: [2, 2],
              datatype: 'FP32',
              parameters: { binary_data_size: 16 },
            },
          ],
        });
      const head = (text: string) => ({ 'inference-header-content-length': String(text.length) });
      const answer = json('outputs', { model_name: 'sums', model_version: '8' });
      server.reply = () => ({
        headers: head(answer),
        body: Buffer.concat([Buffer.from(answer), Buffer.alloc(16, 255)]),
      });
      const asked = json('inputs', {});
      const body = Buffer.concat([Buffer.from(asked), Buffer.alloc(16, 255)]);
      const response = await watched(server.url('/v2/models/sums/infer'), {
        method: 'POST',
        headers: head(asked),
        body,
      });
      assert.equal((await response.arrayBuffer()).byteLength, answer.length + 16);
      await captures(2);
      assert.equal(agent.stats().incomplete['tensor-unreadable'], 2);
      assert.deepEqual(windows(), new Map([['sums 8', 2]]));
    });

    it('takes no harm from a response that cannot be cloned, and counts it', async () => {
      for (const wrong of [
        { ok: true },
        { ok: true, clone: () => assert.fail('theirs') },
        { ok: true, clone: () => ({ body: null }) },
      ]) {
        const watched = agent.wrapFetch(async (_: string) => wrong, OPTIONS);
        assert.equal(await watched('/v2/models/sums/infer'), wrong);
      }
      await captures(3);
      assert.deepEqual(windows(), new Map([['sums unknown', 3]]));
    });

    it('takes no harm from bodies that are no JSON or too long, and counts them', async () => {
      const watched = agent.wrapFetch(fetch, OPTIONS);
      const path = '/v2/models/sums/versions/7/infer';
      const long = Buffer.alloc(5 * 1024 * 1024, 32);
      const bodies: Reply['body'][] = ['no JSON', Buffer.of(255, 254), long];
      for (const body of bodies) {
        server.reply = () => ({ body, ...(body === long && { headers: { 'transfer-encoding': 'chunked' } }) });
        const response = await watched(server.url(path), { method: 'POST', body: 'no JSON' });
        assert.equal((await response.arrayBuffer()).byteLength, body.length);
      }
      await captures(3);
      assert.equal(agent.stats().incomplete['tensor-unreadable'], 9);
      assert.deepEqual(windows(), new Map([['sums 7', 3]]));
    });
  });

  it('names every wrong option', () => {
    for (const wrap of ['wrapInfer', 'wrapFetch'] as const) {
      assert.throws(
        () => agent[wrap](async () => 1, { features: { x: ['a', 'a'] }, prediction: 5, no: 1 } as never),
        (error: Error & { mistakes: { option: string }[] }) => {
          assert.match(error.message, new RegExp(wrap));
          assert.deepEqual(error.mistakes.map(({ option }) => option).sort(), ['features.x', 'no', 'prediction']);
          return true;
        },
      );
      assert.throws(() => agent[wrap](5 as never), { code: 'TIDEMARK_NOT_WRAPPABLE' });
    }
  });
});
