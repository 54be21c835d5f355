import { Fleet, type Load } from './fleet.ts';
import { serve } from './program.ts';
import { type Pace, type Sent, send } from './send.ts';

// A program of its own: agents cost the collector no time of its thread.

/** Sends `flushes` flushes of a load; six fill a window, and the next begins. */
export type SendCommand = {
  readonly address: string;
  readonly load: Load;
  readonly firstWindowMs: number;
  readonly flushes: number;
  readonly flushesPerWindow: number;
  readonly pace: Pace;
};

const SEED = 5;
const fleets = new Map<string, Fleet>();

serve<SendCommand, Sent>(
  async ({ address, load, firstWindowMs, flushes, flushesPerWindow, pace }) => {
    const fleet = fleets.get(load.name) ?? new Fleet(load, SEED);
    fleets.set(load.name, fleet);
    const batches = Array.from({ length: flushes }, (_, i) =>
      fleet.flush(firstWindowMs + Math.floor(i / flushesPerWindow) * load.widthMs, i),
    );
    return send(address, batches, pace);
  },
  async () => undefined,
);
