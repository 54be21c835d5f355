import type { SetDeadline } from '../../../agent/src/deadline.ts';
import { Guard } from '../../../agent/src/guard/guard.ts';
import { type GuardReads, readGuard } from '../../../agent/src/guard/guard-settings.ts';

export const ALL: GuardReads = { input: true, feature: true, prediction: true, confidence: true };

/** Deadlines that pass when the test says so. */
export class Deadlines {
  readonly open = new Set<() => void>();
  held = 0;
  readonly set: SetDeadline = (_, late) => {
    this.open.add(late);
    return { cancel: () => void this.open.delete(late), hold: () => void this.held++ };
  };
  pass(): void {
    for (const late of [...this.open]) late();
  }
}

export type Making = { mayCompile?: boolean; reads?: GuardReads };

/** A guard, the losses it counted and its deadlines. */
export function makeGuard(options: unknown, { mayCompile = true, reads = ALL }: Making = {}) {
  const lost: string[] = [];
  const deadlines = new Deadlines();
  const lose = (reason: string) => void lost.push(reason);
  const guard = new Guard(readGuard(options), { reads, lose, setDeadline: deadlines.set, mayCompile });
  return { guard, lost, deadlines };
}
