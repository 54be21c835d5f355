import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AgentError, LossReason } from '@tidemark/agent';
import { MAX_SLICES } from '../../../agent/src/record/slices.ts';
import { FakeCollector } from '../fake-collector.ts';
import { makeAgent } from '../make-agent.ts';

type Request = { readonly country?: unknown; readonly x: number };

/** Serves the requests through a function sliced by country and tells what arrived, by `stage/field@slice`. */
async function serve(requests: readonly Request[]) {
  const collector = await new FakeCollector().start();
  const agent = makeAgent({ collector: collector.address });
  const predict = agent.wrap(({ x }: Request) => (x > 0 ? 'yes' : 'no'), {
    features: ({ x }) => ({ x }),
    prediction: (answer) => answer,
    slices: { country: ({ country }) => country as string, size: ({ x }) => (x > 1 ? 'big' : 'small') },
  });
  for (const request of requests) predict(request);
  await agent.stop();
  collector.kill();
  const arrived = collector.arrived.flatMap(({ batch }) => batch.windows.flatMap(({ summaries }) => summaries));
  const counts = new Map<string, number>();
  for (const { stage, field, slice, kinds } of arrived) {
    const name = `${stage}/${field}@${slice}`;
    counts.set(name, (counts.get(name) ?? 0) + Number(kinds?.valid));
  }
  const incomplete = agent.stats().incomplete as Readonly<Record<LossReason, number>>;
  return { counts, incomplete, rows: collector.rows };
}

describe('a sliced function', () => {
  it('is recorded for all traffic and once more for each slice of a call', async () => {
    const countries = ['DE', 'FR', 'DE', undefined, 7];
    const { counts, rows } = await serve(countries.map((country, i) => ({ country, x: i })));
    assert.equal(rows, 5);
    for (const field of ['feature/x', 'prediction/value', 'latency/call_ms']) {
      const of = (slice: string) => counts.get(`${field}@${slice}`);
      // A field has no slices before its kind is known; features are known from the first value on.
      assert.deepEqual([of(''), of('country=DE'), of('country=FR'), of('country=7')], [5, 2, 1, 1], field);
      assert.deepEqual([of('size=small'), of('size=big')], [2, 3], field);
    }
  });

  it('keeps to a budget of slices, beyond which there is one for all others', async () => {
    const many = MAX_SLICES + 50;
    const { counts, incomplete } = await serve(Array.from({ length: many }, (_, i) => ({ country: `c${i}`, x: 1 })));
    const slices = new Set([...counts.keys()].map((name) => name.split('@')[1]));
    assert.ok(slices.size <= MAX_SLICES + 3, `${slices.size} slices`);
    assert.ok((counts.get('feature/x@country=~other') ?? 0) >= 50);
    assert.equal(counts.get('feature/x@'), many);
    assert.ok(incomplete['slice-limit'] >= 50);
  });

  it('has no slice of what is no text, but counts it', async () => {
    const hostile = [{}, Symbol('s'), 'x'.repeat(1e6), 'a\nb', '\ud800', Number.NaN];
    const { counts, incomplete } = await serve(hostile.map((country) => ({ country, x: 1 })));
    assert.equal(counts.get('feature/x@country=~other'), 5);
    assert.equal(counts.get('feature/x@country=NaN'), 1);
    assert.equal(incomplete['slice-name'], 5);
  });

  it('goes on where telling the slice fails', async () => {
    const agent = makeAgent();
    const bad = () => {
      throw new Error('theirs');
    };
    assert.equal(agent.wrap((x: number) => x, { slices: { bad } })(4), 4);
    assert.equal(agent.stats().incomplete['extractor-failed'], 1);
    // A promise is no value of a slice, and its rejection must not become the host's.
    const promised = { bad: (async () => bad()) as never };
    assert.equal(agent.wrap((x: number) => x, { slices: promised })(5), 5);
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(agent.stats().incomplete['slice-name'], 1);
    await agent.stop({ timeoutMs: 0 });
  });

  it('is refused with every mistake at once', async () => {
    const agent = makeAgent();
    const slices = { 'a=b': () => 'x', ok: 'country' as never, ['x'.repeat(50)]: () => 'x' };
    assert.throws(
      () => agent.wrap(() => 1, { slices }),
      (error: AgentError) => error.mistakes.length === 3,
    );
    await agent.stop({ timeoutMs: 0 });
  });
});
