import type { Fleet } from '../fleet/fleet.ts';
import type { Check, ScenarioResult } from './scenario.ts';
import type { Stage } from './stage.ts';

/** How long a fleet may take to have everything answered at the end, in ms. */
const DRAIN_MS = 300_000;
/** Differences that are told, at most. */
const MAX_TOLD = 5;

/**
 * Waits until everything has its receipt, stops the collectors and holds the store against the ledger.
 * @param more figures and checks of the scenario itself.
 */
export async function conclude(
  stage: Stage,
  fleet: Fleet,
  more: Partial<ScenarioResult> = {},
): Promise<ScenarioResult> {
  const drainMs = await fleet.drain(DRAIN_MS);
  const differences = await stage.differences(fleet);
  const { captured, acknowledged, refused, pending } = fleet.ledger.totals;
  const { receiptMs, accepted, duplicates, retries, slowDowns, reconnects, sentBytes, surprises } = fleet.notes;
  return {
    figures: {
      rowsCaptured: captured,
      rowsAcknowledged: acknowledged,
      ...Object.fromEntries(Object.entries(refused).map(([code, rows]) => [`rowsRefused.${code}`, rows])),
      batches: accepted,
      duplicates,
      retries,
      slowDowns,
      reconnects,
      sentMegabytes: sentBytes / 1e6,
      receiptP50Ms: receiptMs.count > 0 ? receiptMs.quantile(0.5) : null,
      receiptP99Ms: receiptMs.count > 0 ? receiptMs.quantile(0.99) : null,
      drainMs,
      ...more.figures,
    },
    checks: [
      { what: 'rows that never got a receipt', value: pending, pass: pending === 0 },
      isEmpty('differences between ledger and store', differences),
      isEmpty('refusals that nobody provoked', surprises),
      { what: 'rows acknowledged', value: acknowledged, pass: acknowledged > 0 },
      ...(more.checks ?? []),
    ],
  };
}

function isEmpty(what: string, list: readonly string[]): Check {
  const told = list.slice(0, MAX_TOLD).join('; ');
  const value = list.length === 0 ? 0 : `${list.length}: ${told}`;
  return { what, value, pass: list.length === 0 };
}
