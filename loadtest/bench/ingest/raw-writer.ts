import { serve } from './program.ts';
import { openRaw, type RawEngine, type RawPlace } from './raw-engine.ts';
import { RawUpsert, type RawWay } from './raw-upsert.ts';

// A program of its own, as the collector is.

export type RawCommand =
  | { readonly kind: 'open'; readonly place: RawPlace; readonly perCommit: readonly number[] }
  | { readonly kind: 'run'; readonly way: RawWay; readonly perCommit: number; readonly times: number };
export type RawRun = { readonly rows: number; readonly ms: number };

let engine: RawEngine | undefined;
const prepared = new Map<number, RawUpsert>();

serve<RawCommand, RawRun | null>(
  async (command) => {
    if (command.kind === 'run') return prepared.get(command.perCommit)!.run(command.way, command.times);
    engine = await openRaw(command.place);
    for (const perCommit of command.perCommit) prepared.set(perCommit, await RawUpsert.prepare(engine, perCommit));
    return null;
  },
  async () => engine?.close(),
);
