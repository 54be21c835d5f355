/**
 * Waits until all of them have settled, and throws what failed first. What is asked of a transaction all at once has to end
 * before the transaction does: a step that followed later would be outside of it.
 */
export async function settleAll(steps: readonly (Promise<unknown> | undefined)[]): Promise<void> {
  const failures: unknown[] = [];
  await Promise.all(steps.map((step) => step?.catch((error: unknown) => failures.push(error))));
  if (failures.length > 0) throw failures[0];
}
