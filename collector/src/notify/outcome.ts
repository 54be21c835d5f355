/** How one attempt to tell somebody ended. No `cause` holds a secret. */
export type Outcome =
  | { readonly kind: 'sent'; readonly status: number }
  | {
      readonly kind: 'retry';
      /** Least time to wait before the next attempt, ms; present where the receiver asked for it. */
      readonly afterMs?: number;
      readonly cause: string;
    }
  /** Trying again would change nothing. */
  | { readonly kind: 'refused'; readonly cause: string };

/** A receiver that asks for more patience than this is asked again all the same. */
export const MAX_RETRY_AFTER_MS = 3_600_000;

/** The 4xx that say "not now" rather than "not like this": timeout, too early, too many requests. */
const LATER: ReadonlySet<number> = new Set([408, 425, 429]);

/**
 * The one table from HTTP status to outcome:
 *
 * | status            | outcome |                                                                  |
 * |-------------------|---------|------------------------------------------------------------------|
 * | 200-299           | sent    |                                                                  |
 * | 408, 425, 429     | retry   | `Retry-After` honoured                                           |
 * | 500 and above     | retry   | `Retry-After` honoured; 600 and above as 5xx (RFC 9110, 15)      |
 * | 300-399           | refused | a redirect would carry the alert and its key to another place    |
 * | other 400-499     | refused | 410 means that the endpoint is gone (Standard Webhooks)          |
 * | 100-199           | refused | never the final answer to a POST                                 |
 *
 * `now` (ms) is what a date in `Retry-After` is measured against; `detail` is what the receiver
 * said, already free of secrets.
 */
export function classify(status: number, retryAfter: string | undefined, detail: string, now: number): Outcome {
  if (status >= 200 && status < 300) return { kind: 'sent', status };
  const cause = `HTTP ${status}${detail === '' ? '' : `: ${detail}`}`;
  if (LATER.has(status) || status >= 500) {
    const afterMs = retryAfterMs(retryAfter, now);
    return afterMs === undefined ? { kind: 'retry', cause } : { kind: 'retry', afterMs, cause };
  }
  if (status >= 300 && status < 400) return { kind: 'refused', cause: `HTTP ${status}: redirects are not followed` };
  if (status === 410) return { kind: 'refused', cause: `${cause} (the endpoint is gone for good)` };
  return { kind: 'refused', cause };
}

/** `Retry-After` in ms from `now`: whole seconds or an HTTP date (RFC 9110, 10.2.3); undefined where it is neither. */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  const text = header?.trim() ?? '';
  const wait = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  if (Number.isNaN(wait)) return undefined;
  return Math.min(Math.max(0, wait), MAX_RETRY_AFTER_MS);
}
