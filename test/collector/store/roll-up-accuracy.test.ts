import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import type { Digest } from '@tidemark/sketch';
import { Ingest } from '../../../collector/src/ingest/ingest.ts';
import { registerCollector } from '../../../collector/src/store/batches.ts';
import type { Database } from '../../../collector/src/store/database.ts';
import { createIngestStore } from '../../../collector/src/store/ingest-transaction.ts';
import { rollUpOne } from '../../../collector/src/store/roll-up.ts';
import { selectPieces, toSummary } from '../../../collector/src/store/summaries.ts';
import { HOUR, makeBatch, newSource, received, T0 } from '../../support/batches.ts';
import { withDatabase } from '../../support/database.ts';
import { seededRandom } from '../../support/random.ts';

/** Days of minutes; all thirty by `TIDEMARK_DAYS=30`, which take some minutes. */
const DAYS = Number(process.env.TIDEMARK_DAYS ?? 2);
const VALUES_A_MINUTE = 100;
const MINUTE = 60_000;
/** Of the rank, as a share of all values: what a person reading a quantile over a month may be off by. */
const BOUND = 0.002;

/** Streams that drift over the day and the month: normal, of a long tail, and two thirds zeros. */
const SHAPES: Readonly<Record<string, (random: () => number, minute: number) => number>> = {
  normal: (random, minute) => gaussian(random) + Math.sin((minute / 1440) * 2 * Math.PI) + minute / 20_000,
  'long-tailed': (random, minute) => Math.exp(1.2 * gaussian(random) + 0.3 * Math.sin(minute / 229)),
  'mostly-zero': (random, minute) => (random() < 2 / 3 ? 0 : -Math.log(1 - random()) * (1 + minute / 40_000)),
};

function gaussian(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Sends every minute of every shape; answers all values of each, sorted. */
async function fill(database: Database): Promise<Map<string, Float64Array>> {
  const random = seededRandom(11);
  const ingest = new Ingest(
    createIngestStore(database, await registerCollector(database, randomUUID(), 'test')),
    () => undefined,
  );
  const source = newSource();
  const all = new Map(Object.keys(SHAPES).map((name) => [name, new Float64Array(DAYS * 1440 * VALUES_A_MINUTE)]));
  for (let first = 0; first < DAYS * 1440; first += 120) {
    const windows = Array.from({ length: 120 }, (_, i) => {
      const minute = first + i;
      const series = Object.entries(SHAPES).map(([field, shape]) => {
        const values = Array.from({ length: VALUES_A_MINUTE }, () => shape(random, minute));
        all.get(field)?.set(values, minute * VALUES_A_MINUTE);
        return { field, values };
      });
      return { start: T0 + minute * MINUTE, widthMs: MINUTE, series };
    });
    const outcome = await ingest.take(received(makeBatch(source, first + 1, windows)));
    assert.deepEqual(outcome, { kind: 'accepted', refusals: [] });
  }
  for (const values of all.values()) values.sort();
  return all;
}

/** How far the share of values below the answer for q is from q, at the most over many q. */
function worstRankError(digest: Digest, sorted: Float64Array): number {
  let worst = 0;
  for (let i = 1; i < 200; i++) {
    const q = i / 200;
    const x = digest.quantile(q);
    const [below, upTo] = [lowerBound(sorted, x, false) / sorted.length, lowerBound(sorted, x, true) / sorted.length];
    worst = Math.max(worst, below - q, q - upTo);
  }
  return worst;
}

/** Values below x, or up to x where it is `inclusive`. */
function lowerBound(sorted: Float64Array, x: number, inclusive: boolean): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const value = sorted[middle] as number;
    if (value < x || (inclusive && value === x)) low = middle + 1;
    else high = middle;
  }
  return low;
}

describe(`quantiles over ${DAYS} days`, () => {
  test(`are within ${BOUND * 100} % of their rank when they come from roll-ups`, async (t) =>
    withDatabase(async (database) => {
      const values = await fill(database);
      const end = T0 + DAYS * 24 * HOUR;
      while (
        await database.session((session) => rollUpOne(session, end + HOUR, ({ reason }) => assert.fail(reason)))
      ) {}
      const series = await database.query<{ id: number; field: string }>('select id, field from series');
      assert.equal(series.length, 3);
      for (const { id, field } of series) {
        const sorted = values.get(field) ?? new Float64Array();
        const pieces = await selectPieces(database, [id], T0, end, { widest: 86_400_000 });
        assert.equal(pieces.length, DAYS, 'days and nothing else');
        const [whole, ...others] = pieces.map(toSummary);
        assert.ok(whole);
        for (const other of others) whole.merge(other);
        assert.equal(whole.digest.count, sorted.length);
        const error = worstRankError(whole.digest, sorted);
        t.diagnostic(`${field}: ${(error * 100).toFixed(3)} % of the rank over ${sorted.length} values`);
        assert.ok(error <= BOUND, `${field}: ${error}`);
      }
    }));
});
