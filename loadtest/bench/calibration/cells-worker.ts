import { parentPort, workerData } from 'node:worker_threads';
import { type FalseAlarms, falseAlarms, type Trials } from './false-alarms.ts';
import { SHAPES } from './shapes.ts';

/** Sizes whose cells, over all shapes, a thread is to go through. */
export type CellWork = readonly { readonly nRef: number; readonly nLive: number; readonly trials: Trials }[];

/** What it says of each cell when it is done. */
export type CellDone = { readonly shape: string; readonly nLive: number; readonly found: readonly FalseAlarms[] };

for (const { nRef, nLive, trials } of workerData as CellWork) {
  for (const shape of SHAPES) {
    const found = falseAlarms({ shape, nRef, nLive }, trials);
    parentPort?.postMessage({ shape: shape.name, nLive, found } satisfies CellDone);
  }
}
