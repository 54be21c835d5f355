import type { Finding } from '../budget.ts';
import type { Measured } from './measured.ts';

/** Peers that the gates are about, by the line of the budget. */
const PEERS: Readonly<Record<string, string>> = {
  W1: 'otel-active',
  'W1-lean': 'otel-span',
  W2: 'otel-attributes',
  W3: 'pino',
  W4: 'prom',
};

/** What was measured for every line of the budget. */
export function findings({ calls, loops, runs, guards }: Measured): Map<string, Finding> {
  const found = new Map<string, Finding>();
  for (const { pool, oursOver } of calls ?? []) {
    for (const [id, peer] of Object.entries(PEERS)) {
      const over = oursOver[peer];
      if (over !== undefined) found.set(pool === 'hot' ? id : `${id}-cold`, { value: over.median });
    }
  }
  const [steady, wide] = loops ?? [];
  if (steady !== undefined) found.set('W5', { value: steady.ratio.median });
  if (wide !== undefined) {
    found.set('P1', { value: Math.max(wide.addedP99Ms.median, wide.addedCallP99Ms.median) });
  }
  const tiny = runs?.find(({ model, rows }) => model === 'tiny' && rows === 1);
  if (tiny !== undefined) found.set('O1', { value: tiny.ratio.median });
  const worst = runs?.toSorted((a, b) => b.ratio.median - a.ratio.median)[0];
  if (worst !== undefined) found.set('O2', { value: worst.ratio.median, where: `${worst.model}, ${worst.rows} rows` });
  const slowest = guards?.toSorted((a, b) => b.usPerCall - a.usPerCall)[0];
  if (slowest !== undefined) found.set('G1', { value: slowest.usPerCall, where: slowest.check });
  return found;
}
