import type { BudgetAlarms } from './budget-alarms.ts';
import type { FalseAlarms } from './false-alarms.ts';
import type { PeerAlarms } from './peers.ts';
import type { Power } from './power.ts';
import type { TrafficAlarms } from './traffic-alarms.ts';

/** Parts that can be measured by themselves. */
export const PARTS = ['cells', 'even', 'tail', 'traffic', 'power', 'peers', 'budget'] as const;
export type Part = (typeof PARTS)[number];

/** Everything that was measured. */
export type Measured = {
  readonly cells: readonly FalseAlarms[];
  readonly even: readonly FalseAlarms[];
  readonly tail: readonly FalseAlarms[];
  readonly traffic: readonly TrafficAlarms[];
  readonly power: readonly Power[];
  readonly peers: readonly PeerAlarms[];
  readonly budget: readonly BudgetAlarms[];
};
