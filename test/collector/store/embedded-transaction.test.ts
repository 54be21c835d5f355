import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { EmbeddedDatabase } from '../../../collector/src/store/embedded.ts';
import { EmbeddedEngine } from '../../../collector/src/store/embedded-engine.ts';
import { inEmbeddedTransaction } from '../../../collector/src/store/embedded-transaction.ts';
import { EMBEDDED_ONLY } from '../../support/database.ts';

describe('transactions of the embedded database that are asked for behind each other', EMBEDDED_ONLY, () => {
  let directory: string;
  let database: EmbeddedDatabase;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tidemark-embedded-'));
    database = await EmbeddedDatabase.open(directory);
    await database.query('create table parent (id int primary key)');
    await database.query('create table child (id int references parent deferrable initially deferred)');
  });
  after(async () => {
    await database.close();
    await rm(directory, { recursive: true, force: true });
  });
  beforeEach(async () => {
    await database.query('truncate parent, child');
  });

  const add = (table: string, ids: readonly number[], keepPlans = true) =>
    database.transaction(
      async (tx) => {
        await Promise.all(ids.map((id) => tx.query(`insert into ${table} values ($1)`, [id])));
        return ids.length;
      },
      { keepPlans },
    );
  const stored = async (table: string) =>
    (await database.query<{ id: number }>(`select id from ${table} order by id`)).map(({ id }) => id);

  test('a commit that is refused takes nothing of the next with it, and the next nothing of what it refused', async () => {
    const results = await Promise.allSettled([
      add('parent', [1, 2]),
      add('child', [1, 99]),
      add('child', [2]),
      add('parent', [3], false),
      database.query('insert into parent values (4)'),
    ]);
    assert.deepEqual(
      results.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled', 'fulfilled', 'fulfilled'],
    );
    assert.match(String((results[1] as PromiseRejectedResult).reason), /violates foreign key constraint/);
    assert.deepEqual(await stored('parent'), [1, 2, 3, 4]);
    assert.deepEqual(await stored('child'), [2]);
  });

  test('a statement that fails fails its own, whatever was asked after it, and the next begins afresh', async () => {
    const results = await Promise.allSettled([
      add('parent', [1, 1, 5]),
      add('parent', [6]),
      database.transaction(async (tx) => {
        await tx.query('insert into parent values (7)');
        throw new Error('never mind');
      }),
      add('parent', [8]),
    ]);
    assert.deepEqual(
      results.map(({ status }) => status),
      ['rejected', 'fulfilled', 'rejected', 'fulfilled'],
    );
    assert.match(String((results[0] as PromiseRejectedResult).reason), /duplicate key/);
    assert.match(String((results[2] as PromiseRejectedResult).reason), /never mind/);
    assert.deepEqual(await stored('parent'), [6, 8]);
  });

  test('many of them, some of which fail, leave what each committed and nothing else', async () => {
    const results = await Promise.allSettled(
      Array.from({ length: 60 }, (_, i) => add(i % 3 === 0 ? 'child' : 'parent', [i, i + 1_000], i % 2 === 0)),
    );
    const expected = results.flatMap(({ status }, i) => (status === 'fulfilled' ? [i, i + 1_000] : []));
    assert.deepEqual(
      results.map(({ status }) => status === 'fulfilled'),
      Array.from({ length: 60 }, (_, i) => i % 3 !== 0),
    );
    assert.deepEqual(
      await stored('parent'),
      expected.toSorted((a, b) => a - b),
    );
    assert.deepEqual(await stored('child'), []);
  });
});

test(
  'a commit is told to be on its way before it is answered, and only where there is one',
  EMBEDDED_ONLY,
  async () => {
    const directory = await mkdtemp(join(tmpdir(), 'tidemark-embedded-'));
    const engine = await EmbeddedEngine.start(directory);
    try {
      const heard: string[] = [];
      const run = (work: () => Promise<unknown>, name: string) =>
        inEmbeddedTransaction(engine, work, {
          keepPlans: false,
          onCommitting: () => heard.push(`${name} commits`),
        }).then(
          () => heard.push(`${name} is committed`),
          () => heard.push(`${name} failed`),
        );
      await run(async () => undefined, 'one');
      await run(async () => Promise.reject(new Error('no')), 'two');
      assert.deepEqual(heard, ['one commits', 'one is committed', 'two failed']);
    } finally {
      await engine.close();
      await rm(directory, { recursive: true, force: true });
    }
  },
);
