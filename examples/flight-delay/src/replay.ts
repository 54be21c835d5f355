import { setTimeout as sleep } from 'node:timers/promises';
import { HOUR, REPLAY_FROM, REPLAY_TO } from './calendar.ts';
import { type FlightRequest, requestOf } from './features.ts';
import { type Flights, firstRowAt } from './flights.ts';
import { applyIncidents, INCIDENTS, type Incident, randomOfFlight } from './incidents.ts';

/** Requests of one stretch of time, in the order of their dates. */
export type ReplayStep = {
  /** Date of the first flight of the step, sent or not. */
  readonly at: number;
  readonly requests: readonly FlightRequest[];
  /** Of each request, the row of its flight. */
  readonly rows: readonly number[];
  /** Flights of this stretch that an incident kept from being sent. */
  readonly withheld: number;
};

/** What is replayed, and how fast. */
export type ReplayOptions = {
  /** Half-open span of departures; the served months unless told otherwise. */
  readonly from?: number;
  readonly to?: number;
  /** Milliseconds of flight time per millisecond of waiting; 0 is as fast as the consumer takes it. */
  readonly speedUp?: number;
  readonly incidents?: readonly Incident[];
  /** Most flights in a step. */
  readonly stepSize?: number;
  readonly signal?: AbortSignal;
  /** Milliseconds since any fixed moment. */
  readonly clock?: () => number;
  readonly wait?: (ms: number, signal?: AbortSignal) => Promise<unknown>;
};

/**
 * Walks the flights in time order and yields what clients send. No step crosses a full hour, so requests that are served together always belong to the
 * same window and the same release. Ends early, without an error, when the signal is aborted.
 */
export async function* replay(flights: Flights, options: ReplayOptions = {}): AsyncGenerator<ReplayStep, void, void> {
  const { from = REPLAY_FROM, to = REPLAY_TO, speedUp = 0, incidents = INCIDENTS, stepSize = 512, signal } = options;
  const { clock = () => performance.now(), wait = waitFor } = options;
  const started = clock();
  const end = firstRowAt(flights, to);
  for (let row = firstRowAt(flights, from); row < end; ) {
    const at = flights.time[row]!;
    const due = speedUp > 0 ? started + (at - from) / speedUp : started;
    if (due > clock()) await wait(due - clock(), signal);
    if (signal?.aborted) return;
    const last = endOfStep(flights, row, Math.min(end, row + stepSize));
    const requests: FlightRequest[] = [];
    const rows: number[] = [];
    for (let next = row; next < last; next += 1) {
      const sent = applyIncidents(requestOf(flights, next), randomOfFlight(next), incidents);
      if (sent === null) continue;
      requests.push(sent);
      rows.push(next);
    }
    yield { at, requests, rows, withheld: last - row - requests.length };
    row = last;
  }
}

function endOfStep(flights: Flights, row: number, limit: number): number {
  const hourEnd = (Math.floor(flights.time[row]! / HOUR) + 1) * HOUR;
  let last = row + 1;
  while (last < limit && flights.time[last]! < hourEnd) last += 1;
  return last;
}

async function waitFor(ms: number, signal?: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, signal === undefined ? {} : { signal });
  } catch (cause) {
    if (!signal?.aborted) throw cause;
  }
}
