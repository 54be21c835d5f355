import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { migrate } from '../../../collector/src/store/migrate.ts';
import { PostgresDatabase } from '../../../collector/src/store/postgres.ts';
import { createTestStore, SERVER_URL, withDatabase } from '../../support/database.ts';

describe('migrations', () => {
  test('do nothing the second time', () =>
    withDatabase(async (database) => {
      const report = await migrate(database);
      assert.deepEqual(report.applied, []);
      assert.equal(report.from, report.to);
    }));

  test('refuse a database that a newer program has changed, and say what to do', () =>
    withDatabase(async (database) => {
      await database.query('insert into schema_migration (version) values (999999)');
      try {
        await assert.rejects(migrate(database), { code: 'DATABASE_NEWER', message: /schema 999999.*newer program/ });
      } finally {
        await database.query('delete from schema_migration where version = 999999');
      }
    }));

  test('run once when several programs start at the same time', {
    skip: SERVER_URL === undefined ? 'the embedded database has one session; needs DATABASE_URL' : false,
  }, async () => {
    const store = await createTestStore();
    try {
      const url = store.databaseUrl as string;
      const wipe = await store.open();
      await wipe.query('drop schema public cascade');
      await wipe.query('create schema public');
      await wipe.close();
      const databases = await Promise.all(
        Array.from({ length: 4 }, () => PostgresDatabase.connect(url, () => undefined)),
      );
      const reports = await Promise.all(databases.map((database) => migrate(database)));
      const applied = reports.flatMap((report) => report.applied).sort();
      assert.deepEqual(applied, [...new Set(applied)], 'each file was applied by one of them');
      await Promise.all(databases.map((database) => database.close()));
    } finally {
      await store.remove();
    }
  });

  test('an unreachable server is named without its password', async () => {
    const url = 'postgres://someone:hunter2@127.0.0.1:1/nowhere';
    await assert.rejects(
      PostgresDatabase.connect(url, () => undefined),
      (error: Error) => {
        assert.match(error.message, /cannot reach PostgreSQL at 127\.0\.0\.1:1\/nowhere/);
        assert.doesNotMatch(error.message, /hunter2/);
        return true;
      },
    );
  });
});
