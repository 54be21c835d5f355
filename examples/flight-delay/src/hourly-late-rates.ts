import { HOUR } from './calendar.ts';
import { LATE_MINUTES } from './features.ts';
import type { Flights } from './flights.ts';

const HOURS = 24;

/** Share of late flights by hour of departure: what can be said of a flight without any model. */
export class HourlyLateRates {
  readonly #rates: Float64Array;

  /** Of the flights before row `to`; an hour without flights has the share of all of them. */
  constructor(flights: Flights, to: number) {
    const all = new Float64Array(HOURS);
    const late = new Float64Array(HOURS);
    for (let row = 0; row < to; row += 1) {
      const hour = hourOf(flights.time[row]!);
      all[hour]! += 1;
      if (flights.delay[row]! > LATE_MINUTES) late[hour]! += 1;
    }
    const rate = late.reduce((sum, count) => sum + count, 0) / to;
    this.#rates = late.map((count, hour) => (all[hour]! > 0 ? count / all[hour]! : rate));
  }

  /** For a departure at `time`, milliseconds since the epoch. */
  at(time: number): number {
    return this.#rates[hourOf(time)]!;
  }
}

function hourOf(time: number): number {
  return Math.floor(time / HOUR) % HOURS;
}
