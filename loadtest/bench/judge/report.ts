import type { Gate } from '../budget.ts';
import type { Spread } from '../spread.ts';
import { figures, gateTable, textTable } from '../text-table.ts';
import type { Measured } from './measured.ts';

/** The whole result for people. */
export function report({ stores, missing }: Measured, gates: readonly Gate[]): string {
  const ticks = textTable(
    ['store', 'scores', 'a tick with its commit, ms', 'without storing, ms', 'scores a second'],
    stores.map(({ store, findings, tickMs, evaluateMs }) => [
      store,
      String(findings),
      range(tickMs),
      range(evaluateMs),
      figures((findings / tickMs.median) * 1_000),
    ]),
  );
  const replays = textTable(
    ['store', 'ticks', 'findings', 'replay, s', 'us a finding', 'changes judged live', 'of them different in replay'],
    stores.map((one) => [
      one.store,
      String(one.replayedTicks),
      String(one.replayedFindings),
      figures(one.replayMs.median / 1_000),
      figures((one.replayMs.median * 1_000) / one.replayedFindings),
      String(one.liveEvents),
      String(one.differentEvents),
    ]),
  );
  const left = missing.map((what) => `not measured: ${what}`);
  return [ticks, replays, ...left, gateTable(gates)].join('\n\n');
}

function range({ median, low, high }: Spread): string {
  return `${figures(median)} (${figures(low)}..${figures(high)})`;
}
