import type { Clock } from '../clock.ts';
import type { Logger } from '../log.ts';
import type { Duty } from './leader.ts';
import { rollUpOne } from './roll-up.ts';
import { observeUpkeep, type UpkeepObserver } from './upkeep-observer.ts';

/** How often the leader looks for windows to roll up. */
const EVERY_MS = 10_000;
/** Three flushes of an agent: one that catches up has written all it has into a window, or its last minutes at least. */
const QUIET_MS = 30_000;

/** The leader's duty to roll windows up, one coarse window a step; `clock` tells the time of the data. */
export function rollUpDuty(clock: Clock, log: Logger, observer?: UpkeepObserver): Duty {
  return {
    name: 'roll-up',
    everyMs: EVERY_MS,
    step: (session) => {
      const work = () =>
        rollUpOne(session, clock.now(), (damage) => log.error(damage, 'a stored window cannot be rolled up'), QUIET_MS);
      return observeUpkeep(observer, 'rollup', work, (isMade) => (isMade ? 1 : null));
    },
  };
}
