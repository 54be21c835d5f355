import { HOUR } from '../../../examples/flight-delay/src/calendar.ts';
import type { Flights } from '../../../examples/flight-delay/src/flights.ts';
import { seededRandom } from '../../../examples/flight-delay/src/seeded-random.ts';

/** Made-up flights among five airports, `perHour` an hour from `from` on; flights out of the airport EEE are late more often, evenings too. */
export function madeFlights(from: number, hours: number, perHour: number, seed = 1): Flights {
  const random = seededRandom(seed);
  const airports = ['AAA', 'BBB', 'CCC', 'DDD', 'EEE'];
  const count = hours * perHour;
  const origin = Uint16Array.from({ length: count }, () => Math.floor(random() * 5));
  const time = Float64Array.from({ length: count }, (_, row) => from + Math.floor((row * 60) / perHour) * 60_000);
  return {
    count,
    time,
    origin,
    destination: Uint16Array.from(origin, (code) => (code + 1 + Math.floor(random() * 4)) % 5),
    distance: Uint16Array.from({ length: count }, () => 100 + Math.floor(random() * 2400)),
    delay: Int16Array.from(origin, (code, row) => {
      const evening = (time[row]! / HOUR) % 24 >= 18;
      return random() < 0.1 + (code === 4 ? 0.4 : 0) + (evening ? 0.2 : 0) ? 40 : 0;
    }),
    airports,
  };
}
