import type { Expected } from './ledger.ts';

/** Stored means are doubles: a sum made of them may be off by rounding, never by a value. */
const SUM_TOLERANCE = 1e-9;

/** Every way in which the store differs from the ledger, in words; none = it holds exactly what was acknowledged. */
export function compare(expected: Expected, stored: Expected): string[] {
  const differences: string[] = [];
  for (const name of new Set([...expected.rows.keys(), ...stored.rows.keys()])) {
    const [want = 0, got = 0] = [expected.rows.get(name), stored.rows.get(name)];
    if (want !== got) differences.push(`${name}: ${want} rows were acknowledged, the store holds ${got}`);
  }
  const nothing = { valid: 0, missing: 0, sum: 0 };
  for (const name of new Set([...expected.series.keys(), ...stored.series.keys()])) {
    const want = expected.series.get(name) ?? nothing;
    const got = stored.series.get(name) ?? nothing;
    if (want.valid !== got.valid || want.missing !== got.missing) {
      differences.push(
        `${name}: ${want.valid} values (${want.missing} missing) were acknowledged, the store holds ${got.valid} (${got.missing})`,
      );
    } else if (Math.abs(want.sum - got.sum) > SUM_TOLERANCE * Math.max(1, Math.abs(want.sum))) {
      differences.push(`${name}: the values acknowledged add up to ${want.sum}, those stored to ${got.sum}`);
    }
  }
  return differences;
}
