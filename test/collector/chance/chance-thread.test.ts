import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { JudgeLoop } from '../../../collector/src/alerting/judge-loop.ts';
import { ChanceStopped, type ChanceSubject, ChanceUnknown } from '../../../collector/src/chance/chance.ts';
import { ChanceHere } from '../../../collector/src/chance/chance-here.ts';
import { ChanceThread, startWorker } from '../../../collector/src/chance/chance-thread.ts';
import { makeBins } from '../../../collector/src/drift/bins.ts';
import { HOUR } from '../../support/batches.ts';
import { seededRandom } from '../../support/random.ts';
import { summaryOf } from '../rules/memory-source.ts';

const random = seededRandom(11);
const numbers = (n: number) => Array.from({ length: n }, () => random() ** 2);

function subjectOf(kind: 'number' | 'category', seed: string): ChanceSubject {
  const values = (n: number) => numbers(n).map((value) => (kind === 'number' ? value : `k${Math.floor(value * 9)}`));
  const summary = summaryOf(kind, values(3000));
  const windows = Array.from({ length: 10 }, (_, i) => ({ start: i * HOUR, summary: summaryOf(kind, values(300)) }));
  return {
    seed,
    measure: 'psi',
    side: 'above',
    precision: 'usual',
    reference: { stage: 'feature', field: 'x', kind, summary, bins: makeBins(summary) },
    spanMs: HOUR,
    windows: async () => windows,
  };
}

const WINDOW = { values: 128, startMs: 400 * HOUR };

describe('chance in a thread', () => {
  test('is what it is in the thread that asks, to the bit, also when asked again', async () => {
    const thread = new ChanceThread();
    const here = new ChanceHere();
    try {
      for (const kind of ['number', 'category'] as const) {
        const subject = subjectOf(kind, `1/feature/${kind}`);
        const one = await thread.nullsFor(subject, WINDOW);
        assert.deepEqual(one, await here.nullsFor(subject, WINDOW));
        assert.ok(one.independent !== null && one.widened !== null);
        assert.deepEqual(await thread.nullsFor(subject, WINDOW), one);
      }
      const vectors = { ...subjectOf('number', 'v'), reference: { ...subjectOf('number', 'v').reference } };
      Object.assign(vectors.reference, { kind: 'vector' });
      assert.deepEqual(await thread.nullsFor(vectors, WINDOW), { independent: null, widened: null });
    } finally {
      await thread.stop();
    }
  });

  test('leaves the thread that asks free', async () => {
    const thread = new ChanceThread();
    try {
      let turns = 0;
      let isOver = false;
      const asked = thread.nullsFor(subjectOf('number', 'free'), { values: 256, startMs: 0 }).then(() => {
        isOver = true;
      });
      while (!isOver) {
        await new Promise((resolve) => setImmediate(resolve));
        turns += 1;
      }
      await asked;
      assert.ok(turns > 100, `${turns} turns`);
    } finally {
      await thread.stop();
    }
  });

  test('that dies fails what was asked, and the next question begins another', async () => {
    let lives = 0;
    const thread = new ChanceThread(() => {
      lives += 1;
      return lives === 1
        ? new Worker("require('node:worker_threads').parentPort.on('message', () => process.exit(3))", { eval: true })
        : startWorker();
    });
    try {
      const subject = subjectOf('number', 'dies');
      await assert.rejects(thread.nullsFor(subject, WINDOW), (error) => {
        assert.ok(error instanceof ChanceUnknown);
        assert.match(error.message, /its thread has ended with code 3/);
        return true;
      });
      assert.ok((await thread.nullsFor(subject, WINDOW)).independent !== null);
      assert.equal(lives, 2);
    } finally {
      await thread.stop();
    }
  });

  test('tells what fails in it, and takes the subject anew the next time', async () => {
    const thread = new ChanceThread();
    try {
      const subject = subjectOf('number', 'fails');
      const bins = { kind: 'number' } as never;
      const damaged = { ...subject, reference: { ...subject.reference, bins } };
      await assert.rejects(thread.nullsFor(damaged, WINDOW), ChanceUnknown);
      await assert.rejects(thread.nullsFor({ ...damaged, windows: async () => [] }, WINDOW), ChanceUnknown);
      assert.ok((await thread.nullsFor(subject, WINDOW)).independent !== null);
    } finally {
      await thread.stop();
    }
  });

  test('stops while it draws: the tick is left, and nobody is told of a failure', async () => {
    const thread = new ChanceThread();
    const subject = subjectOf('number', 'stops');
    // From now on the thread knows the subject, and has begun to draw as soon as it is asked.
    await thread.nullsFor(subject, { values: 1, startMs: 0 });
    const errors: unknown[] = [];
    let ended: unknown = null;
    const asking = Promise.withResolvers<void>();
    const loop = new JudgeLoop({
      judge: {
        judgeUntil: async () => {
          const asked = thread.nullsFor(subject, { values: 1 << 20, startMs: 0 });
          asking.resolve();
          await asked.catch((error: unknown) => {
            ended = error;
            throw error;
          });
        },
      },
      clock: { now: () => 0 },
      onError: (error) => errors.push(error),
    });
    loop.start();
    await asking.promise;
    const stopped = loop.stop();
    await thread.stop();
    await stopped;
    assert.ok(ended instanceof ChanceStopped);
    assert.deepEqual(errors, []);
    await assert.rejects(thread.nullsFor(subject, WINDOW), ChanceStopped);
    await thread.stop();
  });
});
