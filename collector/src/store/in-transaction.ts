import type { Queryable } from './database.ts';

/**
 * Runs `work` in a transaction of a session that nobody else uses: commits when it returns, rolls back when it throws.
 * @param begin how it begins, such as `begin read only`.
 */
export async function inTransaction<S extends Queryable, T>(
  session: S,
  work: (tx: S) => Promise<T>,
  begin = 'begin',
): Promise<T> {
  await session.query(begin);
  try {
    const result = await work(session);
    await session.query('commit');
    return result;
  } catch (error) {
    // Where the session itself is gone there is nothing left to roll back, and the first error says why.
    await session.query('rollback').catch(() => []);
    throw error;
  }
}
