import { DAY, HOUR } from './calendar.ts';
import { DelayRates } from './delay-rates.ts';
import type { Flights } from './flights.ts';

/** What a client asks about: a flight that is about to leave. */
export type FlightRequest = {
  /** Departure, milliseconds since the epoch. */
  readonly date: number;
  /** Miles. */
  readonly distance: number;
  readonly origin: string | null;
  readonly destination: string | null;
};

/**
 * Names of the features in the order of the model's columns.
 *
 * - `distance`: miles, as requested.
 * - `hour`: time of day in hours, in steps of a quarter.
 * - `route_delay`, `origin_delay`, `destination_delay`, `slot_delay`: how often flights of the route, out of the origin in this hour of the day, to the
 *   destination in this hour, and of the route in this hour were late, relative to all flights; 1 is as often as everywhere. Relative, because the
 *   country-wide rate moves with the weather and a share of it does not.
 */
export const FEATURE_NAMES = [
  'distance',
  'hour',
  'route_delay',
  'origin_delay',
  'destination_delay',
  'slot_delay',
] as const;

/** A flight is late when its delay is over this many minutes: the label. */
export const LATE_MINUTES = 15;

/**
 * How long after departure an outcome counts as known: the longest flight here (4,962 miles) takes about ten hours, and departure times are local,
 * six zones apart from Hawaii to the east coast.
 */
export const OUTCOME_LAG_MS = 16 * HOUR;

const HALF_LIFE_HOURS = 20 * 24;
const HOURS = 24;
/** Country-wide rate before any outcome is known. */
const FIRST_RATE = 0.2;
/** How many flights the expectation is worth in each history. */
const WEIGHTS = { all: 200, airport: 100, airportHour: 30, route: 20, slot: 5 } as const;

/**
 * The record of past flights that features are made of: reads outcomes from the feed of flights as they become known and answers for any moment that
 * does not go back. Training and serving use the same code, so there is no skew between them. A few operations and no allocation per flight.
 */
export class FlightHistory {
  readonly #feed: Flights;
  readonly #codes: ReadonlyMap<string, number>;
  readonly #airports: number;
  readonly #all: DelayRates;
  readonly #origins: DelayRates;
  readonly #destinations: DelayRates;
  readonly #originHours: DelayRates;
  readonly #destinationHours: DelayRates;
  readonly #routes: DelayRates;
  readonly #slots: DelayRates;
  #next = 0;

  constructor(feed: Flights) {
    const airports = feed.airports.length;
    this.#feed = feed;
    this.#codes = new Map(feed.airports.map((name, code) => [name, code]));
    this.#airports = airports;
    this.#all = new DelayRates(1, HALF_LIFE_HOURS);
    this.#origins = new DelayRates(airports, HALF_LIFE_HOURS);
    this.#destinations = new DelayRates(airports, HALF_LIFE_HOURS);
    this.#originHours = new DelayRates(airports * HOURS, HALF_LIFE_HOURS);
    this.#destinationHours = new DelayRates(airports * HOURS, HALF_LIFE_HOURS);
    this.#routes = new DelayRates(airports * airports, HALF_LIFE_HOURS);
    this.#slots = new DelayRates(airports * airports * HOURS, HALF_LIFE_HOURS);
  }

  /** Takes in every outcome that is known at `time`: of flights that left at least the outcome lag earlier. */
  advanceTo(time: number): void {
    const { count, time: left, delay, origin, destination } = this.#feed;
    const known = time - OUTCOME_LAG_MS;
    for (; this.#next < count && left[this.#next]! <= known; this.#next += 1) {
      const row = this.#next;
      this.#add(left[row]!, origin[row]!, destination[row]!, delay[row]! > LATE_MINUTES);
    }
  }

  /**
   * Writes the features of one flight into `into` from `offset`, in the order of FEATURE_NAMES. A missing or unknown airport counts as an average one.
   * Requests must come in the order of their dates.
   */
  features(request: FlightRequest, into: Float32Array, offset = 0): void {
    this.advanceTo(request.date);
    const now = Math.floor(request.date / HOUR);
    const hour = now % HOURS;
    const origin = this.#codeOf(request.origin);
    const destination = this.#codeOf(request.destination);
    const all = this.#all.rate(0, FIRST_RATE, WEIGHTS.all, now);
    const from = origin < 0 ? all : this.#origins.rate(origin, all, WEIGHTS.airport, now);
    const to = destination < 0 ? all : this.#destinations.rate(destination, all, WEIGHTS.airport, now);
    const fromAtHour = origin < 0 ? all : this.#originHours.rate(origin * HOURS + hour, from, WEIGHTS.airportHour, now);
    const toAtHour =
      destination < 0 ? all : this.#destinationHours.rate(destination * HOURS + hour, to, WEIGHTS.airportHour, now);
    const pair = origin < 0 || destination < 0 ? -1 : origin * this.#airports + destination;
    // Each history starts from what the wider ones say: the route from its two ends, the slot from the route and from what the hour adds at both ends.
    const route = pair < 0 ? all : this.#routes.rate(pair, Math.sqrt(from * to), WEIGHTS.route, now);
    const atHour = Math.sqrt((fromAtHour / from) * (toAtHour / to));
    const slot = pair < 0 ? all : this.#slots.rate(pair * HOURS + hour, route * atHour, WEIGHTS.slot, now);
    into[offset] = request.distance;
    into[offset + 1] = Math.floor((request.date % DAY) / (HOUR / 4)) / 4;
    into[offset + 2] = relative(route, all);
    into[offset + 3] = relative(fromAtHour, all);
    into[offset + 4] = relative(toAtHour, all);
    into[offset + 5] = relative(slot, all);
  }

  #add(time: number, origin: number, destination: number, late: boolean): void {
    const now = Math.floor(time / HOUR);
    const hour = now % HOURS;
    const pair = origin * this.#airports + destination;
    this.#all.add(0, late, now);
    this.#origins.add(origin, late, now);
    this.#destinations.add(destination, late, now);
    this.#originHours.add(origin * HOURS + hour, late, now);
    this.#destinationHours.add(destination * HOURS + hour, late, now);
    this.#routes.add(pair, late, now);
    this.#slots.add(pair * HOURS + hour, late, now);
  }

  #codeOf(name: string | null): number {
    return name === null ? -1 : (this.#codes.get(name) ?? -1);
  }
}

/** Steps of 1/256 are exact in float32 and short in a text file. */
function relative(rate: number, all: number): number {
  return Math.round((rate / all) * 256) / 256;
}

/** The request that a client with right data would send for flight `row`. */
export function requestOf(flights: Flights, row: number): FlightRequest {
  return {
    date: flights.time[row]!,
    distance: flights.distance[row]!,
    origin: flights.airports[flights.origin[row]!]!,
    destination: flights.airports[flights.destination[row]!]!,
  };
}

/** Row-major features of the flights that depart before `to` (a row number), with a history that starts empty at the first flight. */
export function featureMatrix(flights: Flights, to: number): Float32Array {
  const history = new FlightHistory(flights);
  const rows = new Float32Array(to * FEATURE_NAMES.length);
  for (let row = 0; row < to; row += 1) history.features(requestOf(flights, row), rows, row * FEATURE_NAMES.length);
  return rows;
}
