import { isTime } from '../clock.ts';

/**
 * Our clock less the collector's, in whole milliseconds, by one receipt: what our clock showed half way between send
 * and receipt, less what the collector's showed when it answered (as NTP does: RFC 5905, section 8). The time it took
 * to commit is within the round trip, so that the error is at most half of it.
 * @returns undefined where the collector told no time.
 */
export function clockSkewMs(sentAtMs: number, receivedAtMs: number, answeredAtUnixMs: bigint): number | undefined {
  const answeredAtMs = Number(answeredAtUnixMs);
  if (answeredAtMs === 0 || !isTime(answeredAtMs)) return undefined;
  return Math.round((sentAtMs + receivedAtMs) / 2 - answeredAtMs);
}
