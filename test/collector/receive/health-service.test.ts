import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, type TestContext, test } from 'node:test';
import { type Client, type ServiceError, status } from '@grpc/grpc-js';
import { connect, startServer, until } from './receive-set-up.ts';

/** As they stand on the wire: field 1 of a request is a text, of an answer an enum (SERVING 1, NOT_SERVING 2, SERVICE_UNKNOWN 3). */
const asked = (service: string) =>
  service === '' ? Buffer.alloc(0) : Buffer.concat([Buffer.of(0x0a, service.length), Buffer.from(service)]);
const SERVING = '0801';
const NOT_SERVING = '0802';
const SERVICE_UNKNOWN = '0803';
const AGENTS = 'tidemark.v1.Collector';
const asIs = (bytes: Buffer) => bytes;

function check(client: Client, service: string): Promise<string> {
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest('/grpc.health.v1.Health/Check', asIs, asIs, asked(service), (error, answer) => {
      if (error === null) resolve(answer?.toString('hex') ?? '');
      else reject(error);
    });
  });
}

function watch(client: Client, service: string) {
  const stream = client.makeServerStreamRequest('/grpc.health.v1.Health/Watch', asIs, asIs, asked(service));
  const seen: string[] = [];
  const ended = Promise.withResolvers<ServiceError>();
  stream.on('data', (answer: Buffer) => seen.push(answer.toString('hex')));
  stream.on('error', (error: ServiceError) => ended.resolve(error));
  return { stream, seen, ended: ended.promise };
}

async function start(t: TestContext) {
  const state = { isReady: true, asked: 0 };
  const isReady = async () => {
    state.asked += 1;
    return state.isReady;
  };
  const server = await startServer(t, { isReady, healthEveryMs: 20 });
  return { server, state, client: connect(t, server.port) };
}

describe('grpc.health.v1', () => {
  for (const service of ['', AGENTS]) {
    test(`answers for '${service}' as the collector is`, async (t) => {
      const { client, state } = await start(t);
      assert.equal(await check(client, service), SERVING);
      state.isReady = false;
      let answer = '';
      for (let tries = 0; tries < 300 && answer !== NOT_SERVING; tries++) {
        answer = await check(client, service);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      assert.equal(answer, NOT_SERVING);
    });
  }

  test('does not know other services', async (t) => {
    const { client } = await start(t);
    await assert.rejects(check(client, 'tidemark.v2.Collector'), { code: status.NOT_FOUND });
    const { seen, stream, ended } = watch(client, 'tidemark.v2.Collector');
    await until('an answer', () => seen.length > 0);
    assert.deepEqual(seen, [SERVICE_UNKNOWN]);
    stream.cancel();
    await ended;
  });

  test('asks the store once for many who ask at the same time', async (t) => {
    const { client, state } = await start(t);
    await Promise.all(Array.from({ length: 20 }, () => check(client, '')));
    assert.equal(state.asked, 1);
  });

  test('is not ready where nobody can tell', async (t) => {
    const isReady = () => Promise.reject(new Error('the store is away'));
    const server = await startServer(t, { isReady });
    assert.equal(await check(connect(t, server.port), ''), NOT_SERVING);
  });

  test('tells those who watch each change once, and its end', async (t) => {
    const { client, server, state } = await start(t);
    const { seen, ended } = watch(client, AGENTS);
    await until('the first answer', () => seen.length === 1);
    state.isReady = false;
    await until('the second', () => seen.length === 2);
    state.isReady = true;
    await until('the third', () => seen.length === 3);
    const before = performance.now();
    await server.stop(5_000);
    assert.ok(performance.now() - before < 2_500, 'who watches does not hold up a stop');
    assert.equal((await ended).code, status.UNAVAILABLE);
    assert.deepEqual(seen, [SERVING, NOT_SERVING, SERVING, NOT_SERVING]);
  });

  test('answers bytes that are no request with an error, and goes on', async (t) => {
    const { client } = await start(t);
    const bad = client.makeServerStreamRequest('/grpc.health.v1.Health/Watch', asIs, asIs, Buffer.of(0x0a, 0xff));
    const [error] = (await once(bad.resume(), 'error')) as [ServiceError];
    assert.equal(error.code, status.INTERNAL);
    assert.equal(await check(client, ''), SERVING);
  });
});
