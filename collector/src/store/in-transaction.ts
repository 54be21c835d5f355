import type { Queryable } from './database.ts';
import { Transaction } from './transaction.ts';

/**
 * Runs `work` in a transaction of a session that nobody else uses: commits when it returns, rolls back when it throws.
 * @param begin how it begins, such as `begin read only`.
 */
export async function inTransaction<T>(
  session: Queryable,
  work: (tx: Queryable) => Promise<T>,
  begin = 'begin',
): Promise<T> {
  const tx = new Transaction(session, begin);
  try {
    const result = await work(tx);
    await tx.commit();
    return result;
  } catch (error) {
    await tx.settled();
    // Where the session itself is gone there is nothing left to roll back, and the first error says why.
    await session.query('rollback').catch(() => []);
    throw error;
  }
}
