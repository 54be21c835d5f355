import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { type AgentOptions, createAgent } from '@tidemark/agent';
import { CollectorApi } from '../../examples/flight-delay/src/collector-api.ts';
import { startTestCollector } from '../support/test-collector.ts';
import { tapWire } from './wire-tap.ts';

const FIELDS = 100;
const CALLS = 300;
// What makes each secret known wherever it turns up, whole or cut.
const mark = (i: number, tag: string) => `canary${tag}${i.toString(36).padStart(2, '0')}`;

/** Secrets as they leak: by their looks for the net, without looks for the allow-list. */
const LOOKS: readonly ((mark: string) => unknown)[] = [
  (it) => `Bearer ${it}.${it}`,
  (it) => `password=${it}`,
  (it) => `https://user:${it}@host/`,
  (it) => `sk_live_${it}${it}`,
  (it) => `-----BEGIN PRIVATE KEY-----\n${it}\n-----END PRIVATE KEY-----`,
  (it) => `${'x'.repeat(2_000)} api_key: ${it}`,
];
const HIDDEN: readonly ((mark: string) => unknown)[] = [
  (it) => it,
  (it) => ({ nested: it }),
  (it) => [it],
  (it) => Buffer.from(it),
  (it) => new Map([[it, it]]),
  (it) => ({ toString: () => it, toJSON: () => it }),
  (it) => Symbol(it),
  (it) => new Error(it),
];

async function files(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** Serves calls whose 100 fields are all secrets, through everything that could let one out. @returns all bytes that left. */
async function serve(
  t: TestContext,
  secretOf: (field: number, mark: string) => unknown,
  options: Partial<AgentOptions>,
): Promise<{ readonly wire: Buffer; readonly disk: Buffer; readonly tag: string; readonly kept: number }> {
  const { collector, directory } = await startTestCollector(t);
  const tap = await tapWire(collector.grpcAddress);
  const tag = randomBytes(4).toString('hex');
  const said: string[] = [];
  const agent = createAgent({
    collector: tap.address,
    model: { name: 'm', version: '1' },
    spool: { directory: join(directory, 'spool') },
    token: `token-${mark(99, tag)}`,
    log: (message) => said.push(message),
    ...options,
  });
  const names = Array.from({ length: FIELDS }, (_, i) => `field_${i}`);
  const features = () => Object.fromEntries(names.map((name, i) => [name, secretOf(i, mark(i, tag))]));
  const predict = agent.wrap(
    (fail: boolean) => {
      if (fail) throw new Error(mark(0, tag));
      return { answer: mark(1, tag), nested: { secret: mark(2, tag) } };
    },
    {
      input: features,
      features,
      prediction: (answer) => answer,
      confidence: () => 0.1,
      slices: { who: () => secretOf(3, mark(3, tag)) as string },
      guard: { fields: names.map((field) => ({ field, type: 'number' })), confidence: { floor: 0.5 } },
    },
  );
  for (let i = 0; i < CALLS; i++) {
    try {
      predict(i % 10 === 0);
    } catch {
      // The call's own failure.
    }
    // Now and then something stays in the spool for a while.
    if (i === CALLS / 2) await agent.flush({ timeoutMs: 20_000 });
  }
  agent.outcome('prediction-1', { actual: `password=${mark(4, tag)}` });
  const spooled = await files(join(directory, 'spool'));
  const onTheWay = await Promise.all(spooled.map((file) => readFile(file)));
  await agent.stop({ timeoutMs: 20_000 });
  const { kept } = await tell(collector.httpUrl);
  await collector.stop();
  const all = await Promise.all((await files(directory)).map((file) => readFile(file)));
  await tap.stop();
  return { wire: tap.bytes(), disk: Buffer.concat([...onTheWay, ...all, Buffer.from(said.join('\n'))]), tag, kept };
}

/** How many events the collector has kept: without any, nothing was put to the test. */
async function tell(url: string): Promise<{ readonly kept: number }> {
  const [version = assert.fail('the version is not known')] = await new CollectorApi(url).versions('m');
  const events = (await (await fetch(`${url}/api/v1/models/${version.id}/events?limit=1000`)).json()) as unknown;
  const list = Array.isArray(events) ? events : (events as { events: unknown[] }).events;
  return { kept: list.length };
}

function leaks(bytes: Buffer, tag: string): string[] {
  // The token is meant to travel, in a header.
  const found = Array.from({ length: FIELDS - 1 }, (_, i) => mark(i, tag)).filter((it) => bytes.includes(it));
  return bytes.includes(`canary${tag}`) ? (found.length > 0 ? found : ['part of one']) : [];
}

describe('secrets in a hundred fields are neither on the wire nor on disk', () => {
  test('where nothing is allowed to leave and events are kept', { timeout: 60_000 }, async (t) => {
    const all = [...LOOKS, ...HIDDEN];
    const { wire, disk, tag, kept } = await serve(t, (i, it) => all[i % all.length]?.(it), {
      privacy: { appliesTo: 'all' },
      events: { share: 1, perInterval: 100, lowConfidence: 0.5 },
    });
    assert.ok(kept > 20, `${kept} events`);
    assert.ok(wire.length > 10_000);
    assert.deepEqual([leaks(wire, tag), leaks(disk, tag)], [[], []]);
  });

  test('where all fields are allowed, but are secrets by their looks', { timeout: 60_000 }, async (t) => {
    const { wire, disk, tag, kept } = await serve(t, (i, it) => LOOKS[i % LOOKS.length]?.(it), {
      privacy: { allow: ['input/*', 'feature/*'], appliesTo: 'all' },
      events: { share: 1, perInterval: 100, lowConfidence: 0.5 },
    });
    assert.ok(kept > 20, `${kept} events`);
    assert.deepEqual([leaks(wire, tag), leaks(disk, tag)], [[], []]);
  });
});
