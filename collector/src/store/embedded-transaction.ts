import type { Queryable } from './database.ts';
import type { EmbeddedEngine } from './embedded-engine.ts';
import { Transaction } from './transaction.ts';

/**
 * Runs `work` in a transaction of the engine, which does all it is asked in that order: commits when it returns, rolls back when it
 * throws. Nothing waits on the way there for an answer that only says that the engine has gone on, and `onCommitting` is called
 * when the commit is on its way: the next transaction is then asked for behind it, and the engine does not stand still between the
 * two until this thread, which is busy, finds time for it.
 */
export async function inEmbeddedTransaction<T>(
  engine: EmbeddedEngine,
  work: (tx: Queryable) => Promise<T>,
  { keepPlans, onCommitting }: { readonly keepPlans: boolean; readonly onCommitting: () => void },
): Promise<T> {
  const session = keepPlans ? engine.keepingPlans : engine;
  const tx = new Transaction(session, () => engine.begin(), 'at once');
  let result: T;
  try {
    result = await work(tx);
    await tx.end();
  } catch (error) {
    await tx.settled();
    // Where the engine itself is gone there is nothing left to roll back, and the first error says why.
    await engine.rollback().catch(() => undefined);
    throw error;
  }
  const committed = engine.commit();
  onCommitting();
  await committed;
  return result;
}
