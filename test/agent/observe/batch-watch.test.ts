import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Agent } from '../../../agent/src/agent.ts';
import type { FakeCollector } from '../fake-collector.ts';
import { useAgent } from '../use-agent.ts';

const WAIT = { timeoutMs: 10_000 };
type Row = { readonly x: number };

describe('a wrapped function that answers a batch', () => {
  let collector: FakeCollector;
  let agent: Agent;
  useAgent((ownAgent, ownCollector) => {
    agent = ownAgent;
    collector = ownCollector;
  });

  it('counts and records every row, with the row before the arguments of the call', async () => {
    const predict = agent.wrap(async (rows: readonly Row[], factor: number) => rows.map(({ x }) => x * factor), {
      batch: true,
      input: (row) => row,
      features: (row, rows, factor) => ({ share: row.x / rows.length, factor }),
      prediction: (answer, row, _, factor) => ({ answer, wrong: answer === row.x * factor ? 'no' : 'yes' }),
      confidence: (answer) => answer / 10,
    });
    assert.deepEqual(await predict([{ x: 1 }, { x: 2 }, { x: 3 }], 2), [2, 4, 6]);
    assert.deepEqual(await predict([], 2), []);
    await agent.flush(WAIT);
    assert.equal(collector.rows, 3);
    const mean = (name: string) => collector.series(name).moments.mean;
    assert.deepEqual([mean('input/x'), mean('feature/factor'), mean('prediction/answer')], [2, 2, 4]);
    assert.equal(collector.series('feature/share').kinds.valid, 3);
    assert.equal(collector.series('prediction/wrong').categories.count('no'), 3);
    assert.ok(Math.abs(mean('confidence/value') - 0.4) < 1e-12);
    assert.equal(collector.series('latency/call_ms').kinds.valid, 2);
  });

  it('takes rows and answers from where they are, and a number of rows for columns', async () => {
    const predict = agent.wrap((table: { readonly x: Float64Array }) => ({ scores: table.x.map((x) => -x) }), {
      batch: { rows: (table) => table.x.length, answers: ({ scores }) => scores },
      features: (row, table) => ({ x: table.x[Number(row)] }),
      prediction: (score) => score as number,
    });
    predict({ x: Float64Array.of(1, 2, 6) });
    await agent.flush(WAIT);
    assert.equal(collector.rows, 3);
    assert.deepEqual(
      [collector.series('feature/x').moments.mean, collector.series('prediction/value').moments.mean],
      [3, -3],
    );
  });

  it('counts all rows of a huge batch, and looks at a fair sample of them: the same before and after', async () => {
    const ROWS = 2_000_000;
    const predict = agent.wrap((rows: number) => ({ length: rows }), {
      batch: { rows: (rows) => rows, answers: ({ length }) => Float64Array.from({ length }, (_, i) => i) },
      features: (row) => ({ x: Number(row) }),
      prediction: (answer, row) => ({ y: Number(answer), same: Number(answer) === Number(row) }),
    });
    predict(ROWS);
    await agent.flush(WAIT);
    const { sent } = agent.stats();
    assert.deepEqual([sent, collector.rows], [ROWS, ROWS]);
    const [x, y] = [collector.series('feature/x'), collector.series('prediction/y')];
    assert.deepEqual([x.kinds.valid, y.kinds.valid], [65_536, 65_536]);
    assert.equal(x.moments.mean, y.moments.mean);
    assert.equal(collector.series('prediction/same').categories.count('true'), 65_536);
    for (const share of [0.1, 0.5, 0.9]) {
      assert.ok(Math.abs((x.digest.quantile(share) ?? Number.NaN) / ROWS - share) < 0.01, `${share}`);
    }
  });

  it('counts a failed batch as as many errors as it had rows', async () => {
    const predict = agent.wrap(
      (_: readonly Row[]): number[] => {
        throw new TypeError('theirs');
      },
      { batch: true },
    );
    assert.throws(() => predict([{ x: 1 }, { x: 2 }]), TypeError);
    await agent.flush(WAIT);
    assert.deepEqual([collector.rows, collector.errors], [2, 2]);
  });

  it('counts what it cannot find rows or answers in, and what answers too little', async () => {
    const extractors = { prediction: (answer: { y: number }) => answer.y };
    const options = { batch: true, ...extractors } as never;
    assert.equal(agent.wrap((_: unknown) => 5, options)({ no: 'rows' }), 5);
    assert.deepEqual([agent.stats().captured, agent.stats().incomplete['extractor-failed']], [1, 2]);
    assert.deepEqual(agent.wrap((_: unknown) => [{ y: 1 }], options)([1, 2]), [{ y: 1 }]);
    assert.deepEqual([agent.stats().captured, agent.stats().incomplete['extractor-failed']], [3, 3]);
    const broken = agent.wrap((rows: readonly Row[]) => rows, {
      batch: {
        rows: (): readonly Row[] => {
          throw new Error('theirs');
        },
      },
    });
    assert.deepEqual(broken([{ x: 1 }]), [{ x: 1 }]);
    const thenable = Object.defineProperty({}, 'then', { value: () => {} });
    assert.equal(agent.wrap((_: readonly Row[]) => thenable, { batch: true })([{ x: 1 }, { x: 2 }]), thenable);
    const { captured, incomplete } = agent.stats();
    assert.deepEqual([captured, incomplete['extractor-failed'], incomplete['result-unobservable']], [6, 4, 2]);
  });

  it('names every wrong option', () => {
    const wrong = { batch: { rows: 1, no: 2 }, stream: true, collect: 3, keep: 0 } as never;
    assert.throws(
      () => agent.wrap(() => 1, wrong),
      (error: { mistakes: { option: string }[] }) => {
        assert.deepEqual(error.mistakes.map(({ option }) => option).sort(), [
          'batch.no',
          'batch.rows',
          'collect',
          'keep',
          'stream',
        ]);
        return true;
      },
    );
    assert.throws(() => agent.wrap(5 as never), { code: 'TIDEMARK_NOT_WRAPPABLE' });
  });
});
