import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { AgentError, type ShadowOptions, Share } from '@tidemark/agent';
import type { Agent } from '../../../agent/src/agent.ts';
import { MAX_STUCK, ShadowRunner } from '../../../agent/src/observe/shadow.ts';
import { readShadowOptions } from '../../../agent/src/observe/shadow-options.ts';
import type { Comparison } from '../../../agent/src/observe/shadow-series.ts';
import { ShareChoice } from '../../../agent/src/observe/share-choice.ts';
import type { FakeCollector } from '../fake-collector.ts';
import { makeAgent, NOWHERE } from '../make-agent.ts';
import { useAgent } from '../use-agent.ts';

const CHALLENGER = { model: { name: 'flight-delay', version: '2' } };
const WAIT = { timeoutMs: 10_000 };

/** A runner whose time and turns are the test's. */
function makeRunner(challenger: (...args: never[]) => unknown, options: Partial<ShadowOptions> = {}) {
  const settings = readShadowOptions(() => {}, challenger, { challenger: CHALLENGER, ...options });
  const lost: string[] = [];
  const recorded: [number, Comparison][] = [];
  const turns: (() => void)[] = [];
  const time = { now: 0, stopped: false };
  const runner = new ShadowRunner({
    challenger,
    settings,
    predictions: [settings.first.prediction, settings.second.prediction],
    choice: new ShareChoice(settings.share, {
      key: settings.key,
      salt: '',
      random: () => 0.5,
      lose: () => lost.push('key'),
    }),
    record: (atMs, comparison) => void recorded.push([atMs, comparison]),
    lose: (reason) => void lost.push(reason),
    stopped: () => time.stopped,
    host: { now: () => time.now, later: (run) => void turns.push(run) },
  });
  /** One call of the champion that answers `result`. */
  const call = (result: unknown, args: readonly unknown[] = []) => {
    const own = runner.choose(args);
    if (own !== undefined) runner.run({ args: own, result, latencyMs: 2, atMs: 7 }, args);
    return own;
  };
  const settle = async () => {
    for (const run of turns.splice(0)) run();
    await turn();
  };
  return { runner, call, settle, lost, recorded, time, turns };
}

describe('a runner of challengers', () => {
  it('runs the challenger later, and records how it compares', async () => {
    const { call, settle, recorded, time, turns } = makeRunner((x: number) => {
      time.now += 5;
      return x + 1.5;
    });
    call(10, [9]);
    assert.deepEqual([recorded.length, turns.length], [0, 1], 'not before its turn');
    await settle();
    assert.deepEqual(recorded, [[7, { disagrees: true, difference: 0.5, latencyRatio: 2.5 }]]);
  });

  it('takes promises, and compares what the extractors name', async () => {
    const prediction = (out: { p: number }) => out.p;
    const options = {
      prediction,
      tolerance: 0.1,
      challenger: { ...CHALLENGER, prediction: (q: unknown) => Number(q) },
    };
    const { call, settle, recorded } = makeRunner(async () => '0.55', options as Partial<ShadowOptions>);
    const result = { p: 0.5 };
    call(result);
    result.p = 99;
    await settle();
    assert.equal(recorded[0]?.[1].disagrees, false, 'what the caller does to the result afterwards does not matter');
  });

  it('counts what cannot be run or compared, and goes on', async () => {
    const cases: [challenger: () => unknown, options?: object][] = [
      [() => assert.fail('theirs')],
      [() => Promise.reject(new Error('theirs'))],
      [() => 1, { prediction: () => assert.fail('theirs') }],
      [() => 1, { compare: () => assert.fail('theirs') }],
      [() => 1, { compare: () => 'yes' }],
      [() => 1, { compare: () => Promise.reject(new Error('of nobody')) }],
      [() => new Map()],
      [() => Proxy.revocable({}, {}).proxy],
      [() => 1, { copy: () => assert.fail('theirs') }],
      [() => 1, { copy: () => 'no list' }],
      [() => 1, { copy: () => Promise.reject(new Error('of nobody')) }],
      [() => 1, { prediction: () => Promise.reject(new Error('of nobody')) }],
    ];
    for (const [challenger, options] of cases) {
      const { call, settle, lost, recorded } = makeRunner(challenger, options);
      for (let i = 0; i < 6; i++) {
        call(new Map([['k', i]]));
        await settle();
      }
      assert.deepEqual([lost, recorded], [Array(6).fill('shadow-failed'), []], String(challenger));
    }
    const { call, lost } = makeRunner(() => 1, { copy: true });
    assert.equal(call(1, [() => 'cannot be cloned']), undefined);
    assert.deepEqual(lost, ['shadow-failed']);
  });

  it('leaves streams alone, on both sides', async () => {
    const stream = async function* () {
      yield assert.fail('nobody reads it');
    };
    const byChampion = makeRunner(() => assert.fail('not run'));
    byChampion.call(stream());
    await byChampion.settle();
    const byChallenger = makeRunner(stream);
    byChallenger.call(1);
    await byChallenger.settle();
    assert.deepEqual([byChampion.lost, byChallenger.lost], [['shadow-skipped'], ['shadow-skipped']]);
  });

  it('ends no process by promises that its extractor made and nobody awaits', async () => {
    const rejections: unknown[] = [];
    const note = (error: unknown) => rejections.push(error);
    process.on('unhandledRejection', note);
    const refuse = () => Promise.reject(new Error('theirs'));
    for (const prediction of [refuse, () => [refuse(), refuse()], () => ({ p: refuse() })]) {
      const { call, settle, lost } = makeRunner((x: number) => x, { prediction });
      call(1, [1]);
      await settle();
      assert.deepEqual(lost, ['shadow-failed']);
    }
    process.off('unhandledRejection', note);
    assert.deepEqual(rejections, []);
  });

  it('has a bounded number under way, and skips what is beyond', async () => {
    const ends: (() => void)[] = [];
    const { call, settle, lost, recorded } = makeRunner(() => new Promise<number>((done) => ends.push(() => done(1))));
    for (let i = 0; i < 7; i++) call(1);
    assert.deepEqual(lost, Array(3).fill('shadow-skipped'));
    await settle();
    for (const end of ends) end();
    await turn();
    assert.equal(recorded.length, 4);
    call(1);
    assert.equal(lost.length, 3, 'there is room again');
  });

  it('gives up on those that hang, and stops when too many do', async () => {
    const ends: (() => void)[] = [];
    const hang = () => new Promise<number>((done) => ends.push(() => done(1)));
    const { call, settle, lost, recorded, time } = makeRunner(hang, { maxConcurrent: 1, timeoutMs: 10 });
    for (let i = 0; i < MAX_STUCK + 5; i++) {
      call(1);
      await settle();
      time.now += 11;
    }
    assert.equal(ends.length, MAX_STUCK);
    assert.equal(lost.filter((reason) => reason === 'shadow-failed').length, MAX_STUCK);
    assert.equal(lost.filter((reason) => reason === 'shadow-skipped').length, 5);
    ends[0]?.();
    await turn();
    assert.deepEqual(recorded, [], 'what comes too late is not recorded');
    call(1);
    await settle();
    assert.equal(ends.length, MAX_STUCK + 1);
  });

  it('does not run what is given up before its turn', async () => {
    const { call, settle, lost, time } = makeRunner(() => assert.fail('not run'), { maxConcurrent: 1, timeoutMs: 10 });
    call(1);
    time.now += 11;
    call(new Map());
    assert.deepEqual(lost, ['shadow-failed']);
    time.now += 11;
    await settle();
    assert.deepEqual(lost, ['shadow-failed', 'shadow-failed']);
  });

  it('copies what callers use again, before the champion runs', () => {
    const buffer = Float32Array.of(1, 2);
    const node = Buffer.from('ab');
    const request = { features: { x: 1 } };
    const { call } = makeRunner(() => 1);
    const own = call(1, [buffer, request, buffer.buffer, node]) ?? assert.fail();
    buffer.fill(0);
    node.fill(0);
    assert.deepEqual(own[0], Float32Array.of(1, 2));
    assert.equal(own[1], request);
    assert.deepEqual(new Float32Array(own[2] as ArrayBuffer), Float32Array.of(1, 2));
    assert.equal(String(own[3]), 'ab');
    assert.deepEqual(makeRunner(() => 1, { copy: true }).call(1, [request])?.[0], request);
    assert.notEqual(makeRunner(() => 1, { copy: true }).call(1, [request])?.[0], request);
    assert.equal(makeRunner(() => 1, { copy: false }).call(1, [buffer])?.[0], buffer);
    assert.deepEqual(makeRunner(() => 1, { copy: (...args) => args.slice(1) }).call(1, [buffer, 5]), [5]);
  });

  it('runs nothing once the agent has been stopped', () => {
    const { call, time, lost } = makeRunner(() => assert.fail('not run'));
    time.stopped = true;
    assert.equal(call(1), undefined);
    assert.deepEqual(lost, []);
  });
});

describe('a shadowed function', () => {
  let collector: FakeCollector;
  let agent: Agent;
  useAgent((ownAgent, ownCollector) => {
    agent = ownAgent;
    collector = ownCollector;
  });

  it('does what the champion does, and both are recorded with their disagreement', async () => {
    const self = { bias: 10 };
    async function champion(this: { bias: number }, x: number): Promise<number> {
      return x + this.bias;
    }
    const ran: number[] = [];
    const challenger = async (x: number) => {
      ran.push(x);
      if (x === 3) throw new Error('theirs');
      return x === 2 ? 12 : x + 11;
    };
    const shadowed = agent.shadow(champion, challenger as typeof champion, {
      features: (x: number) => ({ x }),
      prediction: (y: number) => y,
      challenger: CHALLENGER,
    });
    assert.deepEqual([shadowed.name, shadowed.length], ['champion', 1]);
    for (let x = 0; x < 4; x++) {
      const answer = Reflect.apply(shadowed, self, [x]);
      assert.equal(ran.length, x, 'the caller is not kept waiting');
      assert.equal(await answer, x + 10);
      while (ran.length <= x) await turn();
    }
    await turn();
    await agent.flush(WAIT);
    assert.deepEqual([agent.stats().captured, agent.stats().incomplete['shadow-failed'], collector.errors], [8, 1, 1]);
    const counts = Object.fromEntries(
      collector
        .series('step:shadow/disagree', '2')
        .categories.entries()
        .map(({ key, count }) => [key, count]),
    );
    assert.deepEqual(counts, { yes: 2, no: 1 });
    const difference = collector.series('step:shadow/difference', '2');
    assert.deepEqual([difference.moments.count, difference.moments.min, difference.moments.max], [3, 0, 1]);
    assert.equal(collector.series('step:shadow/latency_ratio', '2').kinds.valid, 3);
    assert.deepEqual(
      ['1', '2'].map((version) => collector.series('feature/x', version).kinds.valid),
      [4, 4],
    );
    assert.deepEqual(
      ['1', '2'].map((version) => collector.series('prediction/value', version).kinds.valid),
      [4, 3],
    );
  });

  it('throws what the champion throws, and runs nothing beside such a call', async () => {
    const failure = new TypeError('theirs');
    const champion = () => {
      throw failure;
    };
    const shadowed = agent.shadow(champion, (() => assert.fail('not run')) as typeof champion, {
      challenger: CHALLENGER,
    });
    assert.throws(shadowed, (error) => error === failure);
    await turn();
    assert.equal(agent.stats().captured, 1);
  });

  it('shadows a share that can be changed, always the same keys', async () => {
    const share = new Share(0);
    const ran: string[] = [];
    const options = { challenger: CHALLENGER, share, key: (user: string) => user };
    const shadowed = agent.shadow(
      (user: string) => user,
      (user: string) => `${ran.push(user)}`,
      options,
    );
    for (const [to, expected] of [
      [0, 0],
      [1, 2],
      [0, 2],
    ] as const) {
      share.set(to);
      for (const user of ['a', 'b']) shadowed(user);
      await turn();
      await turn();
      assert.equal(ran.length, expected);
    }
  });
});

describe('options of a shadow', () => {
  const fn = () => 1;
  const agent = makeAgent({}, { transport: NOWHERE });
  const WRONG: [option: string, options: object][] = [
    ['challenger', {}],
    ['challenger.model', { challenger: {} }],
    ['challenger.guard', { challenger: { ...CHALLENGER, guard: {} } }],
    ['challenger.model', { challenger: { model: { name: 'flight-delay', version: '1' } } }],
    ['share', { challenger: CHALLENGER, share: 2 }],
    ['key', { challenger: CHALLENGER, key: 'user' }],
    ['tolerance', { challenger: CHALLENGER, tolerance: -1 }],
    ['maxConcurrent', { challenger: CHALLENGER, maxConcurrent: 0 }],
    ['timeoutMs', { challenger: CHALLENGER, timeoutMs: 0.5 }],
    ['copy', { challenger: CHALLENGER, copy: 'all' }],
    ['compare', { challenger: CHALLENGER, compare: 5 }],
    ['features', { challenger: CHALLENGER, features: 5 }],
  ];
  for (const [option, options] of WRONG) {
    it(`name a wrong ${option}: ${JSON.stringify(options)}`, () => {
      assert.throws(
        () => agent.shadow(fn, fn, options as never),
        (error: AgentError) => {
          assert.deepEqual(
            error.mistakes.map((mistake) => mistake.option),
            [option],
          );
          return error.code === 'TIDEMARK_OPTION_INVALID';
        },
      );
    });
  }

  it('refuse what is no bare function', () => {
    for (const pair of [
      [5, fn],
      [fn, undefined],
      [agent.wrap(() => 1), fn],
      [fn, agent.wrap(() => 1)],
    ]) {
      assert.throws(
        () => agent.shadow(pair[0] as never, pair[1] as never, { challenger: CHALLENGER }),
        (error: AgentError) => error instanceof AgentError && error.code === 'TIDEMARK_NOT_WRAPPABLE',
      );
    }
  });

  it('leave the champion as it is where the agent is disabled', () => {
    const disabled = makeAgent({ enabled: false }, { transport: NOWHERE });
    assert.equal(disabled.shadow(fn, fn, { challenger: CHALLENGER }), fn);
  });
});
