import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo, LookupFunction } from 'node:net';
import { after, test } from 'node:test';
import { MAX_RESPONSE_BYTES, post, publicOnly } from '../../../collector/src/notify/http.ts';
import type { Receiver } from '../../../collector/src/notify/receiver.ts';
import { send } from '../../../collector/src/notify/send.ts';
import { startReceiver } from '../../support/receivers.ts';
import { deliveryOf, FIRING } from './sample-alert.ts';

const NOW = Date.UTC(2026, 0, 1);
const KEY = 'abcdefghijklmnopqrstuvwxyz012345';
const closers: (() => Promise<void>)[] = [];
after(async () => {
  for (const close of closers) await close();
});

/** A server on loopback and a receiver that points at it by number, or by the name given. */
async function serve(listener: RequestListener, host = '127.0.0.1') {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(request.url ?? '');
    request.resume();
    listener(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  const { port } = server.address() as AddressInfo;
  const receiver: Receiver = {
    kind: 'pagerduty',
    name: 'r',
    url: `http://${host}:${port}/secret-path/token-1234?key=query-secret`,
    routingKey: KEY,
    allowPrivate: true,
  };
  const request = { url: receiver.url, headers: { 'content-type': 'application/json' }, body: '{"é":1}' };
  return { seen, receiver, request, port };
}

/** A resolver that answers with these addresses, counting the questions. */
function resolverOf(addresses: string[]): LookupFunction & { asked: number } {
  const lookup = Object.assign(
    ((_host, options, callback) => {
      lookup.asked += 1;
      const all = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
      if (options.all) callback(null, all);
      else callback(null, all[0]?.address ?? '', all[0]?.family);
    }) as LookupFunction,
    { asked: 0 },
  );
  return lookup;
}

test('the request arrives as it was made', async () => {
  let got = '';
  const { receiver, request } = await serve((incoming, response) => {
    incoming.setEncoding('utf8').on('data', (text) => {
      got += `${incoming.method} ${incoming.headers['content-length']} ${text}`;
      response.writeHead(202).end();
    });
  });
  assert.deepEqual(await post(receiver, request, { now: NOW }), { kind: 'sent', status: 202 });
  assert.equal(got, 'POST 8 {"é":1}');
});

test('a redirect is refused and not followed', async () => {
  for (const status of [301, 302, 307, 308]) {
    const { seen, receiver, request } = await serve((_, response) =>
      response.writeHead(status, { location: '/elsewhere' }).end(),
    );
    const outcome = await post(receiver, request, { now: NOW });
    assert.deepEqual(outcome, { kind: 'refused', cause: `HTTP ${status}: redirects are not followed` });
    assert.equal(seen.length, 1);
  }
});

test('a private address is refused before anything is sent, by number and by name', async () => {
  for (const host of ['127.0.0.1', '2130706433', '[::1]', '[::ffff:127.0.0.1]', 'localhost']) {
    const { seen, receiver, request } = await serve((_, response) => response.end(), host);
    const outcome = await post({ ...receiver, allowPrivate: false }, request, { now: NOW });
    assert.equal(outcome.kind, 'refused', host);
    assert.match('cause' in outcome ? outcome.cause : '', /is not a public address; set allow_private/);
    assert.deepEqual(seen, [], host);
  }
});

test('what counts is the address that is connected to, not the name', async () => {
  const { seen, receiver, request } = await serve((_, response) => response.end(), 'public.example');
  const lookup = resolverOf(['127.0.0.1']);
  const refused = await post({ ...receiver, allowPrivate: false }, request, { now: NOW, lookup });
  assert.equal(refused.kind, 'refused');
  assert.equal(lookup.asked, 1);
  assert.deepEqual(seen, []);
  assert.equal((await post(receiver, request, { now: NOW, lookup })).kind, 'sent');
});

test('of several addresses only the public ones are passed on to the socket', () => {
  const found = (addresses: string[], all: boolean) => {
    let answer: unknown;
    publicOnly(resolverOf(addresses))('mixed.example', { all }, (error, address) => {
      answer = error === null ? address : error.message;
    });
    return answer;
  };
  const mixed = ['127.0.0.1', '8.8.8.8', '::1', '2606:4700::1111'];
  assert.deepEqual(found(mixed, true), [
    { address: '8.8.8.8', family: 4 },
    { address: '2606:4700::1111', family: 6 },
  ]);
  assert.equal(found(mixed, false), '8.8.8.8');
  assert.match(String(found(['10.0.0.1'], true)), /mixed\.example is not a public address/);
});

test('no answer in time, a reset and a closed port are tried again', async () => {
  const hanging = await serve(() => {});
  assert.deepEqual(await post(hanging.receiver, hanging.request, { now: NOW, timeoutMs: 50 }), {
    kind: 'retry',
    cause: 'no answer within 50 ms',
  });
  const resetting = await serve((request) => request.socket.resetAndDestroy());
  assert.equal((await post(resetting.receiver, resetting.request, { now: NOW })).kind, 'retry');
  const url = 'http://127.0.0.1:1/x';
  assert.equal((await post({ ...hanging.receiver, url }, { ...hanging.request, url }, { now: NOW })).kind, 'retry');
});

test('an attempt can be broken off', async () => {
  const stop = new AbortController();
  const { receiver, request } = await serve(() => stop.abort());
  assert.deepEqual(await post(receiver, request, { now: NOW, signal: stop.signal }), {
    kind: 'retry',
    cause: 'given up before an answer came',
  });
});

test('Retry-After of the answer is passed on', async () => {
  const { receiver, request } = await serve((_, response) =>
    response.writeHead(429, { 'retry-after': '7' }).end('slow'),
  );
  assert.deepEqual(await post(receiver, request, { now: NOW }), {
    kind: 'retry',
    afterMs: 7_000,
    cause: 'HTTP 429: slow',
  });
});

test('an answer without end is not read to the end, and its status stands', async () => {
  const { receiver, request } = await serve((_, response) => {
    response.writeHead(500);
    const more = () => {
      while (!response.destroyed && response.write('x'.repeat(MAX_RESPONSE_BYTES)));
    };
    response.on('drain', more);
    more();
  });
  assert.deepEqual(await post(receiver, request, { now: NOW }), { kind: 'retry', cause: 'HTTP 500' });
});

test('an answer that hangs or breaks after its head is judged by its status', async () => {
  const hanging = await serve((_, response) => void response.writeHead(200, { 'content-length': '5' }).write('o'));
  assert.deepEqual(await post(hanging.receiver, hanging.request, { now: NOW, timeoutMs: 100 }), {
    kind: 'sent',
    status: 200,
  });
});

test('no cause gives a secret away, whatever is echoed', async () => {
  const secrets = /secret-path|token-1234|query-secret|abcdefghijklmnop/;
  const { receiver, request } = await serve((incoming, response) =>
    response.writeHead(400).end(`cannot POST ${incoming.url} for ${KEY} at http://x${incoming.url}`),
  );
  const echoed = await post(receiver, request, { now: NOW });
  assert.equal(echoed.kind, 'refused');
  assert.match(JSON.stringify(echoed), /HTTP 400: cannot POST \[redacted\]/);
  const failing: LookupFunction = (host, _, callback) =>
    callback(new Error(`no ${host} for ${receiver.url} ${KEY}`), []);
  const named = { ...receiver, url: receiver.url.replace('127.0.0.1', 'gone.example') };
  const lost = await post(named, { ...request, url: named.url }, { now: NOW, lookup: failing });
  assert.match(JSON.stringify(lost), /no gone\.example/);
  const broken = { ...receiver, kind: 'webhook', secrets: [`whsec_${KEY}`.slice(0, 20)] } as const;
  const unmade = await send(broken, deliveryOf(FIRING), { now: NOW });
  for (const outcome of [echoed, lost, unmade]) assert.doesNotMatch(JSON.stringify(outcome), secrets);
});

test('every channel is accepted by the receiver that enforces the limits', async () => {
  const secret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
  const local = await startReceiver({ secrets: [secret], now: () => NOW });
  closers.push(local.close);
  const common = { name: 'r', allowPrivate: true };
  const receivers: Receiver[] = [
    { ...common, kind: 'slack', url: local.urls.slack },
    { ...common, kind: 'pagerduty', url: local.urls.pagerduty, routingKey: KEY },
    { ...common, kind: 'webhook', url: local.urls.webhook, secrets: [secret] },
  ];
  const statuses = [];
  for (const receiver of receivers) statuses.push(await send(receiver, deliveryOf(FIRING), { now: NOW }));
  assert.deepEqual(
    statuses,
    [200, 202, 204].map((status) => ({ kind: 'sent', status })),
  );
  const [slack] = receivers;
  const wrong = await send(
    { ...common, kind: 'webhook', url: local.urls.webhook, secrets: [`whsec_${'A'.repeat(32)}`] },
    deliveryOf(FIRING),
    { now: NOW },
  );
  assert.deepEqual(wrong, { kind: 'refused', cause: 'HTTP 400: no signature matches' });
  const empty = await post(
    slack as Receiver,
    { url: local.urls.slack, headers: { 'content-type': 'application/json' }, body: '{}' },
    { now: NOW },
  );
  assert.match(JSON.stringify(empty), /HTTP 400: no_text/);
  assert.deepEqual(
    local.received.map(({ channel, status }) => [channel, status]),
    [
      ['slack', 200],
      ['pagerduty', 202],
      ['webhook', 204],
      ['webhook', 400],
      ['slack', 400],
    ],
  );
});
