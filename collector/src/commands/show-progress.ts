import { CollectorError } from '../errors.ts';
import type { Progress } from '../store/move/export-format.ts';

const EVERY_MS = 2_000;

/** Tells people on standard error how far a move has come, every two seconds. */
export function showProgress(): (progress: Progress) => void {
  let next = Date.now() + EVERY_MS;
  return ({ table, rows, of }) => {
    if (Date.now() < next) return;
    next = Date.now() + EVERY_MS;
    console.error(`${table}: ${rows}${of === null ? '' : ` of ${of}`} rows`);
  };
}

/** Aborts on the first SIGINT or SIGTERM, so that what is half done is taken away; a second one ends the program. */
export function stopSignal(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () =>
      controller.abort(new CollectorError('STOPPED', `stopped by ${signal} before it was done; nothing was changed`)),
    );
  }
  return controller.signal;
}
