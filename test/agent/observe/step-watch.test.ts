import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Agent } from '../../../agent/src/agent.ts';
import type { FakeCollector } from '../fake-collector.ts';
import { useAgent } from '../use-agent.ts';

const WAIT = { timeoutMs: 10_000 };

describe('a watched step', () => {
  let collector: FakeCollector;
  let agent: Agent;
  useAgent((ownAgent, ownCollector) => {
    agent = ownAgent;
    collector = ownCollector;
  });

  it('records what it made under its own name, and adds neither rows nor errors', async () => {
    const featuregen = agent.step('featuregen', async (x: number) => ({ double: 2 * x, half: x / 2 }), {
      input: (x) => ({ x }),
    });
    const score = agent.step('score', (x: number) => x + 1, { output: (y) => y });
    const failing = agent.step('failing', (): number => {
      throw new TypeError('theirs');
    });
    assert.deepEqual(await featuregen(4), { double: 8, half: 2 });
    assert.equal(score(1), 2);
    assert.throws(failing, TypeError);
    await agent.flush(WAIT);
    const mean = (name: string) => collector.series(name).moments.mean;
    assert.deepEqual(
      [mean('step:featuregen/double'), mean('step:featuregen/half'), mean('input/x'), mean('step:score/value')],
      [8, 2, 4, 2],
    );
    for (const name of ['featuregen', 'score', 'failing'])
      assert.equal(collector.series(`latency/${name}_ms`).kinds.valid, 1);
    assert.deepEqual([collector.rows, collector.errors, agent.stats().captured], [0, 0, 0]);
  });

  it('records every row of a batch', async () => {
    const featuregen = agent.step('rows', (rows: readonly number[]) => rows.map((x) => ({ x })), { batch: true });
    featuregen([1, 2, 3]);
    await agent.flush(WAIT);
    assert.equal(collector.series('step:rows/x').kinds.valid, 3);
    assert.equal(collector.rows, 0);
  });

  it('counts a result without named values, and returns it all the same', () => {
    const vector = [1, 2];
    assert.equal(agent.step('vector', () => vector)(), vector);
    assert.equal(agent.stats().incomplete['extractor-failed'], 1);
    const thenable = Object.defineProperty({}, 'then', { value: () => {} });
    assert.equal(agent.step('lazy', () => thenable)(), thenable);
    assert.equal(agent.stats().incomplete['result-unobservable'], 1);
  });

  it('names every wrong option', () => {
    const wrong = { output: 1, role: 'inference', batch: 3 } as never;
    assert.throws(
      () => agent.step('', () => 1, wrong),
      (error: { mistakes: { option: string }[] }) => {
        assert.deepEqual(
          error.mistakes.map(({ option }) => option),
          ['name', 'role', 'output', 'batch'],
        );
        return true;
      },
    );
    assert.throws(() => agent.step('x', 'y' as never), { code: 'TIDEMARK_NOT_WRAPPABLE' });
  });
});
