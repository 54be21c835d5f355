import { type FleetShape, makeShape, type ShapeOptions } from '../fleet/shape.ts';

/** What the fleets of the scenarios serve unless they say more: 10 models of 20 series, 4 an agent, flushed every 2 s. */
export function usualShape(seed: number, more: Partial<ShapeOptions> = {}): FleetShape {
  return makeShape({
    seed,
    models: 10,
    seriesPerModel: 20,
    modelsPerAgent: 4,
    rowsPerSecond: 2_000,
    flushMs: 2_000,
    ...more,
  });
}

/** Time as it goes by, for fleets that live in it. */
export const wallNow = (): number => Date.now();
