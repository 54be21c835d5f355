import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { PostgresDatabase } from '../../../collector/src/store/postgres.ts';
import { SERVER_URL } from '../../support/database.ts';

const skip = SERVER_URL === undefined ? 'needs a PostgreSQL server in DATABASE_URL' : false;

describe('PostgreSQL', { skip }, () => {
  test('a connection that dies between two statements of a transaction fails it, and nothing else', async () => {
    const database = await PostgresDatabase.connect(SERVER_URL as string, () => undefined);
    try {
      const work = database.transaction(async (tx) => {
        const [backend] = await tx.query<{ pid: number }>('select pg_backend_pid() as pid');
        await database.query('select pg_terminate_backend($1::int)', [backend?.pid ?? 0]);
        // Long enough for the notice to arrive while no statement of ours is under way.
        for (let left = 50; left > 0; left--) await database.query('select pg_sleep(0.005)');
        await tx.query('select 1');
      });
      await assert.rejects(work);
      assert.equal((await database.query('select 1')).length, 1);
    } finally {
      await database.close();
    }
  });
});
