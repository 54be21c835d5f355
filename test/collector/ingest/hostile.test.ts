import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { type Batch, BatchSchema, WireError } from '@tidemark/proto';
import type { ValidBatch } from '../../../collector/src/ingest/batch.ts';
import { Ingest } from '../../../collector/src/ingest/ingest.ts';
import { validate } from '../../../collector/src/ingest/validate.ts';
import { registerCollector } from '../../../collector/src/store/batches.ts';
import type { Database } from '../../../collector/src/store/database.ts';
import { createIngestStore } from '../../../collector/src/store/ingest-transaction.ts';
import { ANY_TIME, HOUR, makeBatch, newSource, PROJECT, received, T0 } from '../../support/batches.ts';
import { withDatabase } from '../../support/database.ts';
import { batchWith } from './sample-events.ts';

async function startIngest(database: Database): Promise<Ingest> {
  const part = await registerCollector(database, randomUUID(), 'test');
  return new Ingest(createIngestStore(database, part), () => undefined);
}

const good = (sequence = 1) => makeBatch(newSource(), sequence, [{ series: [{ values: [1] }] }]);
const rowsOf = async (database: Database) =>
  (await database.query<{ rows: number }>('select sum(n_rows)::int8 as rows from traffic_1h'))[0]?.rows;

/** Random numbers in [0, 1) that are the same in every run (Numerical Recipes' LCG). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function mutate(bytes: Uint8Array, random: () => number): Uint8Array {
  const at = Math.floor(random() * bytes.length);
  const noise = Array.from({ length: 1 + Math.floor(random() * 8) }, () =>
    random() < 0.3 ? 255 : Math.floor(random() * 256),
  );
  const before = bytes.subarray(0, at);
  const choice = random();
  if (choice < 0.5) return Uint8Array.from([...before, noise[0] as number, ...bytes.subarray(at + 1)]);
  if (choice < 0.7) return Uint8Array.from([...before, ...bytes.subarray(at + noise.length)]);
  if (choice < 0.95) return Uint8Array.from([...before, ...noise, ...bytes.subarray(at)]);
  return before;
}

describe('a hostile batch', () => {
  test('of 20 000 mutations none gets past the checks but as a batch that can be kept, or is refused by name', () => {
    const random = seeded(42);
    const batch = makeBatch(newSource(), 1, [
      { series: [{ values: [1, 2.5, Number.NaN, null] }, { field: 'c', kind: 'category', values: ['a', '\u0000'] }] },
      { start: T0 + HOUR, series: [{ values: Array.from({ length: 300 }, () => random() * 1e9) }] },
    ]);
    const { events, outcomes } = batchWith(newSource(), 1, { events: [{}], outcomes: [{}] });
    const bytes = toBinary(BatchSchema, { ...batch, events, outcomes });
    const seen = { taken: 0, refusedParts: 0, refused: 0, noMessage: 0 };
    for (let i = 0; i < 20_000; i++) {
      let message: Batch;
      try {
        message = fromBinary(BatchSchema, mutate(bytes, random));
      } catch {
        seen.noMessage += 1;
        continue;
      }
      try {
        const valid = validate(message, ANY_TIME, PROJECT);
        seen[valid.refusals.length > 0 ? 'refusedParts' : 'taken'] += 1;
        for (const { summary } of valid.windows.flatMap(({ summaries }) => summaries)) summary.clone().merge(summary);
      } catch (error) {
        assert.ok(error instanceof WireError, String(error));
        seen.refused += 1;
      }
    }
    assert.ok(
      Object.values(seen).every((count) => count > 0),
      JSON.stringify(seen),
    );
  });

  test('of 600 mutations of events and outcomes the store takes whatever gets past the checks', () =>
    withDatabase(async (database) => {
      const ingest = await startIngest(database);
      const random = seeded(7);
      const bytes = toBinary(BatchSchema, {
        ...batchWith(newSource(), 1, { events: [{}, {}], outcomes: [{}] }),
        windows: [],
      });
      let taken = 0;
      for (let i = 0; i < 600; i++) {
        let valid: ValidBatch;
        try {
          valid = validate(fromBinary(BatchSchema, mutate(bytes, random)), ANY_TIME, PROJECT);
        } catch {
          continue;
        }
        // An identity of its own, or most of them would be duplicates.
        const outcome = await ingest.take({ ...valid, sequence: i + 1 });
        assert.equal(outcome.kind, 'accepted', JSON.stringify(outcome));
        taken += 1;
      }
      const [kept] = await database.query<{ n: number }>('select count(*) as n from event');
      assert.ok(taken > 80 && (kept?.n ?? 0) > 80, `${kept?.n} events of ${taken} batches`);
    }));

  const odd: [string, (batch: Batch) => void][] = [
    [
      'events and outcomes of the oddest texts and numbers',
      (batch) => {
        const name = `"{},\\'); drop table event; -- NULL 😀`;
        const values = [name, '\u0000', '\ud800', '', Number.MAX_VALUE, 5e-324, -0, Number.NaN, false, undefined].map(
          (value, i) => ({ stage: 'outcome', field: i === 0 ? name : `f${i}`, value }),
        );
        const odd = { predictionId: name, values };
        const violations = [{ check: name, stage: '', field: '', action: 'reject' }] as const;
        const events = [{ ...odd, slice: name, weight: Number.MAX_VALUE, latencyMs: 5e-324, violations, atMs: 0 }];
        const { events: e, outcomes: o } = batchWith(newSource(), 1, { events, outcomes: [{ ...odd, atMs: 0 }] });
        Object.assign(batch, { events: e, outcomes: o });
      },
    ],
    [
      'texts that are cut inside a character',
      (batch) => {
        const [version] = batch.modelVersions;
        if (version === undefined) return;
        version.gitCommit = `${'x'.repeat(127)}😀`;
        version.dataset = { $typeName: 'tidemark.v1.Dataset', uri: `${'x'.repeat(2047)}😀`, from: '', to: '' };
      },
    ],
    [
      'NUL and prototype keys wherever a text may stand',
      (batch) => {
        const [version] = batch.modelVersions;
        if (version === undefined) return;
        version.gitCommit = 'a\u0000b';
        version.tags = JSON.parse('{"__proto__": "x", "constructor": "y", "toString": "z"}') as Record<string, string>;
        version.dataset = { $typeName: 'tidemark.v1.Dataset', uri: '\u0000', from: '\u0000', to: '\u0000' };
      },
    ],
    [
      'an agent of the largest numbers',
      (batch) => {
        if (batch.agent)
          Object.assign(batch.agent, { pid: 2 ** 32 - 1, host: '\u0000', service: '\ud800'.repeat(500) });
        batch.sealedAtUnixMs = 2n ** 63n - 1n;
        batch.sequence = 2n ** 53n - 1n;
      },
    ],
  ];
  for (const [what, spoil] of odd) {
    test(`is kept with ${what}`, () =>
      withDatabase(async (database) => {
        const ingest = await startIngest(database);
        const batch = good();
        spoil(batch);
        assert.deepEqual(await ingest.take(validate(batch, ANY_TIME, PROJECT)), { kind: 'accepted', refusals: [] });
        assert.equal(await rowsOf(database), 1);
      }));
  }

  test('loses the parts whose counts no longer fit, and later batches of that window are kept', () =>
    withDatabase(async (database) => {
      const ingest = await startIngest(database);
      const most = BigInt(Number.MAX_SAFE_INTEGER);
      for (const sequence of [1, 2]) {
        const huge = makeBatch(newSource(), sequence, [{ series: [{ values: [] }] }]);
        const [window] = huge.windows;
        const kinds = window?.summaries[0]?.kinds;
        assert.ok(window && kinds);
        window.rows = most - 1n;
        kinds.missing = most - 1n;
        const outcome = await ingest.take(received(huge));
        assert.ok(outcome.kind === 'accepted');
        const parts = outcome.refusals.map(({ part, code }) => `${part} ${code}`).sort();
        assert.deepEqual(parts, sequence === 1 ? [] : ['windows[0] too_large', 'windows[0].summaries[0] too_large']);
      }
      assert.deepEqual(await ingest.take(received(good())), { kind: 'accepted', refusals: [] });
      assert.equal(await rowsOf(database), Number.MAX_SAFE_INTEGER);
    }));

  test('that the store refuses is refused alone: those of its group are kept', () =>
    withDatabase(async (database) => {
      const ingest = await startIngest(database);
      const bad = received(good(2));
      const [window] = bad.windows;
      assert.ok(window);
      // No check lets such a time through; it stands for any value that only the store knows to be wrong.
      const broken = { ...bad, windows: [{ ...window, start: -8e15 }] };
      const outcomes = await Promise.all(
        [received(good()), broken, received(good(3))].map((batch) => ingest.take(batch)),
      );
      assert.deepEqual(
        outcomes.map(({ kind }) => kind),
        ['accepted', 'refused', 'accepted'],
      );
      assert.equal(await rowsOf(database), 2);
    }));
});

describe('ingest', () => {
  test('loses nothing to a transaction of its own that was given up for lost and commits late', () =>
    withDatabase(async (database) => {
      const ingest = await startIngest(database);
      await ingest.take(received(good()));
      // What a commit leaves whose answer never came: the part has moved on without us.
      await database.query('update summary_1h set rev = rev + 1');
      await database.query('update traffic_1h set rev = rev + 1, n_rows = n_rows + 10');
      const batch = received(good());
      assert.equal((await ingest.take(batch)).kind, 'accepted');
      assert.equal((await ingest.take(batch)).kind, 'duplicate');
      assert.equal(await rowsOf(database), 12);
      assert.equal(ingest.condition.fault, null, 'the store is not at fault');
    }));

  test('asks for what waits behind the commit under way again when it stops', async () => {
    const held = Promise.withResolvers<void>();
    const away = () => held.promise.then(() => Promise.reject(new Error('the database is away')));
    const ingest = new Ingest({ atOnce: 1, isOurs: true, transaction: away, naming: away }, () => undefined);
    const first = ingest.take(received(good()));
    await new Promise((resolve) => setImmediate(resolve));
    const second = ingest.take(received(good()));
    const stopped = ingest.stop();
    assert.equal((await second).kind, 'retry');
    assert.equal((await ingest.take(received(good()))).kind, 'retry');
    held.resolve();
    assert.equal((await first).kind, 'retry');
    await stopped;
  });
});
