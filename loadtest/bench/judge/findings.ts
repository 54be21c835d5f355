import type { Finding } from '../budget.ts';
import type { Measured, StoreJudged } from './measured.ts';

/** What was measured for every line of the budget: of several stores the slowest. */
export function findings({ stores }: Measured): Map<string, Finding> {
  const found = new Map<string, Finding>();
  const worst = (id: string, value: (one: StoreJudged) => number) => {
    const slowest = stores.toSorted((a, b) => value(b) - value(a))[0];
    if (slowest !== undefined) found.set(id, { value: value(slowest), where: slowest.store });
  };
  worst('J1', ({ tickMs }) => tickMs.median);
  worst('J2', ({ replayMs }) => replayMs.median);
  // A history without changes has shown nothing.
  worst('J3', ({ liveEvents, differentEvents }) => (liveEvents === 0 ? Number.POSITIVE_INFINITY : differentEvents));
  return found;
}
