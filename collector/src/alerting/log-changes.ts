import type { Logger } from '../log.ts';
import type { AlertChange } from './judge-store.ts';

/** Logs what a tick changed: which alert, from what to what, and why. */
export function logChanges(log: Logger, group: string, tick: number, changes: readonly AlertChange[]): void {
  for (const { alert, transition } of changes) {
    if (transition === null) continue;
    const { from, to, reason } = transition;
    const about = { group, tick: new Date(tick).toISOString(), alert: alert.labels, value: alert.lastValue };
    log.info({ ...about, from, to, reason }, 'alert changed');
  }
}
