import type { Finding } from '../budget.ts';
import type { Measured, StoredSize, StoreSpeed } from './measured.ts';

/** What was measured for every line of the budget. TimescaleDB is measured where it is, and gated as PostgreSQL is. */
export function findings({ speeds, sizes, reads }: Measured): Map<string, Finding> {
  const found = new Map<string, Finding>();
  const worst = (id: string, of: readonly StoreSpeed[], value: (speed: StoreSpeed) => number) => {
    const slowest = of.toSorted((a, b) => value(a) - value(b))[0];
    if (slowest !== undefined) found.set(id, { value: value(slowest), where: slowest.store });
  };
  const embedded = speeds.filter(({ store }) => store === 'pglite');
  const servers = speeds.filter(({ store }) => store !== 'pglite');
  worst('I1-embedded', embedded, ({ ofRaw }) => ofRaw.median);
  worst('I1-postgres', servers, ({ ofRaw }) => ofRaw.median);
  worst('I2-embedded', embedded, ({ ownRows }) => ownRows.median);
  worst('I2-postgres', servers, ({ ownRows }) => ownRows.median);
  smallest(
    found,
    'I3-minutes',
    sizes,
    ({ windows, inferencesPerSecond }) => windows === '1 m' && inferencesPerSecond === 1_000,
  );
  smallest(found, 'I3-hours', sizes, ({ windows }) => windows === '1 h');
  const slowest = reads.toSorted((a, b) => b.cutMs.median - a.cutMs.median)[0];
  if (slowest !== undefined) found.set('I4', { value: slowest.cutMs.median, where: slowest.store });
  return found;
}

function smallest(
  found: Map<string, Finding>,
  id: string,
  sizes: readonly StoredSize[],
  isMeant: (size: StoredSize) => boolean,
): void {
  const worst = sizes.filter(isMeant).toSorted((a, b) => a.timesSmaller - b.timesSmaller)[0];
  if (worst !== undefined) found.set(id, { value: worst.timesSmaller, where: `${worst.store}, ${worst.form}` });
}
