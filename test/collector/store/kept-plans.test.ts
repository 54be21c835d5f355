import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import type { Queryable } from '../../../collector/src/store/database.ts';
import { EmbeddedDatabase } from '../../../collector/src/store/embedded.ts';
import { KeptPlans } from '../../../collector/src/store/kept-plans.ts';
import { EMBEDDED_ONLY } from '../../support/database.ts';

const KEEPING = { keepPlans: true };

async function embedded(t: TestContext): Promise<EmbeddedDatabase> {
  const directory = await mkdtemp(join(tmpdir(), 'tidemark-plans-'));
  const database = await EmbeddedDatabase.open(directory);
  t.after(async () => {
    await database.close();
    await rm(directory, { recursive: true, force: true });
  });
  return database;
}

/** The statements that the session keeps, and how often each was run. */
async function keptBy(database: Queryable): Promise<Record<string, number>> {
  const rows = await database.query<{ statement: string; runs: number }>(
    'select statement, generic_plans + custom_plans as runs from pg_prepared_statements',
  );
  return Object.fromEntries(rows.map(({ statement, runs }) => [statement, runs]));
}

describe('a transaction whose statements are asked again and again', EMBEDDED_ONLY, () => {
  test('has each parsed once, whatever its values, and others are not kept', async (t) => {
    const database = await embedded(t);
    await database.query('create table t (n int, text text)');
    for (const [n, text] of [
      [1, 'one'],
      [2, null],
    ] as const) {
      await database.transaction((tx) => tx.query('insert into t values ($1, $2)', [n, text]), KEEPING);
    }
    await database.transaction((tx) => tx.query('insert into t values ($1, $2)', [3, 'three']));
    assert.deepEqual(await database.query('select n, text from t order by n'), [
      { n: 1, text: 'one' },
      { n: 2, text: null },
      { n: 3, text: 'three' },
    ]);
    assert.equal((await keptBy(database))['insert into t values ($1, $2)'], 2);
  });

  test('keeps none that failed, says why it did, and has it anew when it is asked again', async (t) => {
    const database = await embedded(t);
    const add = (value: string) =>
      database.transaction((tx) => tx.query('insert into t values ($1)', [value]), KEEPING);
    await assert.rejects(add('1'), /relation "t" does not exist/);
    await database.query('create table t (n int)');
    await add('1');
    await assert.rejects(add('one'), /invalid input syntax for type integer/);
    // A parameter of another type than before: the plan of then would not do.
    await database.query('drop table t');
    await database.query('create table t (n text)');
    await add('one');
    assert.deepEqual(await database.query('select n from t'), [{ n: 'one' }]);
    assert.equal((await keptBy(database))['insert into t values ($1)'], 1);
  });

  test('has what searches or joins tables planned anew, since those grow', async (t) => {
    const database = await embedded(t);
    await database.query('create table t (n int)');
    const searching = [
      'select n from t where n = $1',
      'update t set n = $1 where n = 1',
      'insert into t select t.n from t join (select $1::int as n) as u using (n)',
    ];
    for (const sql of searching) await database.transaction((tx) => tx.query(sql, [1]), KEEPING);
    const kept = Object.keys(await keptBy(database));
    assert.deepEqual(
      searching.filter((sql) => kept.includes(sql)),
      [],
    );
  });

  test('loses nothing where a table has been made anew between two of them', async (t) => {
    const database = await embedded(t);
    const add = () => database.transaction((tx) => tx.query('insert into t select $1::int', [7]), KEEPING);
    for (let round = 0; round < 8; round++) {
      await database.query('drop table if exists t');
      await database.query(`create table t (n ${round % 2 === 0 ? 'int' : 'int8'})`);
      await add();
      assert.deepEqual(await database.query('select n from t'), [{ n: 7 }]);
    }
  });
});

describe('kept plans', () => {
  /** A session that remembers what it keeps. */
  function session() {
    const kept = new Map<string, string>();
    const plans = new KeptPlans({
      prepare: async (name, sql) => kept.set(name, sql),
      forget: async (name) => kept.delete(name),
    });
    return { kept, plans };
  }

  test('are bounded: what was kept first makes room', async () => {
    const { kept, plans } = session();
    for (let i = 0; i < 1_000; i++) await plans.during(`select ${i}`, async (name) => assert.ok(kept.has(name)));
    assert.ok(kept.size <= 128, `${kept.size} are kept`);
    assert.ok([...kept.values()].includes('select 999'));
    assert.ok(![...kept.values()].includes('select 0'));
  });

  test('of statements that keep failing leave at most one behind', async () => {
    const { kept, plans } = session();
    const fails = () => Promise.reject(new Error('no'));
    for (let i = 0; i < 50; i++) await assert.rejects(plans.during('select 1', fails), /no/);
    assert.ok(kept.size <= 1, `${kept.size} are kept`);
  });

  test('ask nothing of a session after a failure, until the next statement is kept', async () => {
    const asked: string[] = [];
    const plans = new KeptPlans({
      prepare: async (name) => asked.push(`prepare ${name}`),
      forget: async (name) => asked.push(`forget ${name}`),
    });
    await assert.rejects(
      plans.during('select 1', () => Promise.reject(new Error('trapped'))),
      /trapped/,
    );
    assert.deepEqual(asked, ['prepare kept_1']);
    await plans.during('select 2', async () => undefined);
    assert.deepEqual(asked, ['prepare kept_1', 'forget kept_1', 'prepare kept_2']);
  });
});
