import type { AnswerLedger } from './answer-ledger.ts';
import { LATE_MINUTES } from './features.ts';
import type { Flights } from './flights.ts';
import type { HourlyLateRates } from './hourly-late-rates.ts';
import { INCIDENTS, type Incident } from './incidents.ts';
import { type Score, scoreProbabilities } from './score.ts';

/** Calls of one stretch of time. */
export type GuardedCalls = { readonly name: string; readonly calls: number; readonly fallbacks: number };

/** What the guard was worth. */
export type GuardVerdict = {
  /** One for each incident, and `outside` of them last. */
  readonly spans: readonly GuardedCalls[];
  /** Scores in the incident of the wrong columns. `hourly` is what no model at all would have done. */
  readonly incident: Readonly<Record<'unguarded' | 'guarded' | 'right' | 'hourly', Score>>;
  readonly outside: Readonly<Record<'unguarded' | 'guarded', Score>>;
  /** Answers that are not the fallback's and yet differ from those of the unguarded service. */
  readonly changed: number;
  /** What is not as it should be, in words; empty where all is. */
  readonly faults: readonly string[];
};

const INCIDENT = 'wrong-columns';
/** The guard saved the incident if the loss of what clients got is at most so many times that of the right columns. */
export const MOST_OF_RIGHT = 1.1;
/** There was something to save if without it the loss is at least so many times that of the right columns. */
export const LEAST_OF_UNGUARDED = 1.5;
/** Largest share of calls outside of every incident that may go to the fallback. */
export const MOST_FALLBACKS = 0.01;

/** Scores what was answered against which flights were late, and says what is not as it should be. */
export function judgeGuard(
  ledger: AnswerLedger,
  flights: Flights,
  rates: HourlyLateRates,
  incidents: readonly Incident[] = INCIDENTS,
): GuardVerdict {
  const answered = Uint32Array.from(flights.time.keys()).filter((row) => !Number.isNaN(ledger.guarded[row]!));
  const within = ({ from, to }: Incident) =>
    answered.filter((row) => flights.time[row]! >= from && flights.time[row]! < to);
  const spans = incidents.map((incident) => ({ name: incident.id, rows: within(incident) }));
  const outside = answered.filter((row) =>
    incidents.every(({ from, to }) => flights.time[row]! < from || flights.time[row]! >= to),
  );
  const rows = spans.find(({ name }) => name === INCIDENT)?.rows ?? new Uint32Array();
  const score = (of: Uint32Array, probability: (row: number) => number) =>
    scoreProbabilities(
      Float64Array.from(of, probability),
      Uint8Array.from(of, (row) => (flights.delay[row]! > LATE_MINUTES ? 1 : 0)),
    );
  const found = {
    spans: [...spans, { name: 'outside', rows: outside }].map(({ name, rows: of }) => ({
      name,
      calls: of.length,
      fallbacks: of.reduce((sum, row) => sum + ledger.fellBack[row]!, 0),
    })),
    incident: {
      unguarded: score(rows, (row) => ledger.unguarded[row]!),
      guarded: score(rows, (row) => ledger.guarded[row]!),
      right: score(rows, (row) => ledger.right[row]!),
      hourly: score(rows, (row) => rates.at(flights.time[row]!)),
    },
    outside: {
      unguarded: score(outside, (row) => ledger.unguarded[row]!),
      guarded: score(outside, (row) => ledger.guarded[row]!),
    },
    changed: answered.filter((row) => ledger.fellBack[row] === 0 && ledger.guarded[row] !== ledger.unguarded[row])
      .length,
  };
  return { ...found, faults: faultsOf(found) };
}

/** Conditions are written so that NaN, which is what no calls at all come to, fails. */
function faultsOf({ spans, incident, changed }: Omit<GuardVerdict, 'faults'>): string[] {
  const { unguarded, guarded, right } = incident;
  const faults: string[] = [];
  if (!(guarded.logLoss <= right.logLoss * MOST_OF_RIGHT))
    faults.push(`guarded, the log loss in the incident is over ${MOST_OF_RIGHT} times that of the right columns`);
  if (!(unguarded.logLoss >= right.logLoss * LEAST_OF_UNGUARDED))
    faults.push(`unguarded, it is below ${LEAST_OF_UNGUARDED} times that of the right columns: nothing to save`);
  const { calls, fallbacks } = spans.at(-1) as GuardedCalls;
  if (!(fallbacks / calls < MOST_FALLBACKS))
    faults.push(`outside of incidents ${MOST_FALLBACKS * 100} % of the calls or more went to the fallback`);
  if (changed > 0) faults.push(`${changed} answers that are not the fallback's differ from the unguarded ones`);
  return faults;
}
