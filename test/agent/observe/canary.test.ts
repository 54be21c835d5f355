import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type AgentError, Share } from '@tidemark/agent';
import type { Agent } from '../../../agent/src/agent.ts';
import type { FakeCollector } from '../fake-collector.ts';
import { makeAgent, NOWHERE } from '../make-agent.ts';
import { useAgent } from '../use-agent.ts';

const CANDIDATE = { model: { name: 'flight-delay', version: '2' } };

describe('a canary', () => {
  let collector: FakeCollector;
  let agent: Agent;
  useAgent((ownAgent, ownCollector) => {
    agent = ownAgent;
    collector = ownCollector;
  });

  it('serves the candidate to a share of keys, always the same, each recorded under its own version', async () => {
    const share = new Share(0.25);
    const serve = agent.canary(
      (user: string) => `stable ${user}`,
      (user: string) => `candidate ${user}`,
      { candidate: CANDIDATE, share, key: (user) => user, prediction: (answer) => answer.split(' ')[0] },
    );
    const users = Array.from({ length: 400 }, (_, i) => `user-${i}`);
    const first = users.map(serve);
    assert.deepEqual(users.map(serve), first);
    const byCandidate = first.filter((answer) => answer.startsWith('candidate')).length;
    assert.ok(byCandidate > 60 && byCandidate < 140, `${byCandidate} of 400`);
    share.set(0);
    assert.ok(users.map(serve).every((answer) => answer.startsWith('stable')));
    await agent.flush({ timeoutMs: 10_000 });
    const predictions = ['1', '2'].map((version) => collector.series('prediction/value', version).categories);
    assert.deepEqual(
      predictions.map((categories) => categories.entries().map(({ key, count }) => [key, count])),
      [[['stable', 1_200 - 2 * byCandidate]], [['candidate', 2 * byCandidate]]],
    );
  });

  it('keeps this, errors, promises and looks', async () => {
    const failure = new TypeError('theirs');
    const stable = Object.assign(
      async function stable(this: { name: string }, mode: string) {
        if (mode === 'throw') throw failure;
        return this.name;
      },
      { tag: 'kept' },
    );
    const candidate = async function (this: { name: string }, mode: string) {
      return `${this.name} ${mode}`;
    };
    const share = new Share(0);
    const serve = agent.canary(stable, candidate as typeof stable, { candidate: CANDIDATE, share });
    assert.deepEqual([serve.name, serve.length, serve.tag], ['stable', 1, 'kept']);
    assert.equal(await Reflect.apply(serve, { name: 'me' }, ['ok']), 'me');
    await assert.rejects(
      async () => Reflect.apply(serve, { name: 'me' }, ['throw']),
      (error) => error === failure,
    );
    share.set(1);
    assert.equal(await Reflect.apply(serve, { name: 'me' }, ['ok']), 'me ok');
  });

  it('constructs what the stable one constructs', () => {
    function Stable(this: { by?: string }) {
      this.by = 'stable';
    }
    const Served = agent.canary(Stable, Stable, { candidate: CANDIDATE, share: 1 });
    const made: unknown = Reflect.construct(Served, []);
    assert.ok(made instanceof Stable && made instanceof Served);
    const bound = Stable.bind(undefined as never);
    const Bound = agent.canary(bound, bound, { candidate: CANDIDATE, share: 1 });
    assert.ok((Reflect.construct(Bound as never, []) as unknown) instanceof Stable);
    assert.equal(Object.hasOwn(Bound, 'prototype'), false);
  });

  it('goes on to choose where the agent is disabled or has been stopped', async () => {
    const disabled = makeAgent({ enabled: false }, { transport: NOWHERE });
    for (const own of [disabled, agent]) {
      const serve = own.canary(
        () => 'stable',
        () => 'candidate',
        { candidate: CANDIDATE, share: 1 },
      );
      await own.stop({ timeoutMs: 1_000 });
      assert.equal(serve(), 'candidate');
    }
  });

  it('needs a version of its own for the candidate', () => {
    const options = { candidate: { model: { name: 'flight-delay', version: '1' } } };
    assert.throws(
      () =>
        agent.canary(
          () => 1,
          () => 2,
          options,
        ),
      (error: AgentError) => error.mistakes[0]?.option === 'candidate.model',
    );
  });
});
