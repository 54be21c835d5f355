import { type AnswerLedger, countFallbacks, emptyLedger } from './answer-ledger.ts';
import { REPLAY_FROM } from './calendar.ts';
import type { CollectorApi, VersionAnswer } from './collector-api.ts';
import { firstRowAt } from './flights.ts';
import { boundsOf } from './guard-bounds.ts';
import { type GuardSeen, guardReportOf } from './guard-report.ts';
import { judgeGuard } from './guard-verdict.ts';
import { guardedServing } from './guarded-serving.ts';
import { HourlyLateRates } from './hourly-late-rates.ts';
import type { Prepared } from './prepare.ts';
import type { Serving } from './serve-history.ts';

/** The part of a demo run that is guarded. */
export type GuardedRun = {
  readonly serving: Serving;
  /** Calls that the fallback has answered so far; their answers are no predictions of the release. */
  readonly fallbacks: () => number;
  /** Prints what came of it. @returns whether it is as it should be. */
  readonly conclude: (api: CollectorApi, versions: readonly VersionAnswer[]) => Promise<boolean>;
};

/** A guard by what January holds. */
export function guardedRun({ flights, deployments, january }: Prepared): GuardedRun {
  const ledger = emptyLedger(flights.count);
  const rates = new HourlyLateRates(flights, firstRowAt(flights, REPLAY_FROM));
  return {
    serving: guardedServing({ checks: boundsOf(flights, january), deployments, rates, ledger }),
    fallbacks: () => countFallbacks(ledger),
    conclude: async (api, versions) => {
      const seen = await readSeen(api, versions);
      const verdict = judgeGuard(ledger, flights, rates);
      const faults = [...verdict.faults, ...countFaults(ledger, seen)];
      console.log(`\n${guardReportOf(verdict, seen)}\n`);
      for (const fault of faults) console.log(`GUARD: ${fault}`);
      return faults.length === 0;
    },
  };
}

function readSeen(api: CollectorApi, versions: readonly VersionAnswer[]): Promise<GuardSeen[]> {
  return Promise.all(
    versions.map(async ({ id, version }) => ({
      version,
      verdicts: await api.countCategories(id, 'step:guard', 'verdict'),
      violations: await api.countCategories(id, 'step:guard', 'violation'),
    })),
  );
}

/** Every call has a verdict in the store, and those of the fallback are as many as were served. */
function countFaults(ledger: AnswerLedger, seen: readonly GuardSeen[]): string[] {
  const stored = (verdict: string) => seen.reduce((sum, { verdicts }) => sum + (verdicts.get(verdict) ?? 0), 0);
  const fallbacks = countFallbacks(ledger);
  const calls = ledger.guarded.reduce((sum, p) => sum + (Number.isNaN(p) ? 0 : 1), 0);
  if (stored('fallback') === fallbacks && stored('pass') === calls - fallbacks) return [];
  return [
    `${calls - fallbacks} calls passed and ${fallbacks} fell back, the collector has ${stored('pass')} and ${stored('fallback')}`,
  ];
}
