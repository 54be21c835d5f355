import type { DiagLogger } from '@opentelemetry/api';

export type WarningLog = { warn(fields: object, message: string): void };

/** An endpoint that is away fails with every export; one line in so many ms says it. */
const EVERY_MS = 60_000;
const MAX_REASON = 300;

/** Passes on what the SDK has to complain about, at most once a minute. `now` tells the time in ms. */
export function createExportLog(log: WarningLog, now: () => number = Date.now): DiagLogger {
  let lastAt = -Infinity;
  let unsaid = 0;
  const warn = (message: string, ...more: unknown[]) => {
    if (now() - lastAt < EVERY_MS) {
      unsaid += 1;
      return;
    }
    const reason = [message, ...more].map(textOf).join(' ').slice(0, MAX_REASON);
    log.warn({ reason, unsaid }, 'telemetry could not be exported');
    lastAt = now();
    unsaid = 0;
  };
  const ignore = () => undefined;
  return { error: warn, warn, info: ignore, debug: ignore, verbose: ignore };
}

/** Errors come as JSON with all they hold, the stack first. */
function textOf(value: unknown): string {
  if (value instanceof Error) return value.message;
  const text = String(value);
  const message = text.startsWith('{') ? /"message":("(?:[^"\\]|\\.)*")/.exec(text)?.[1] : undefined;
  return message === undefined ? text : String(JSON.parse(message));
}
