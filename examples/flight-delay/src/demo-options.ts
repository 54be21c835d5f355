import { parseArgs } from 'node:util';

/** How the demo runs. */
export type DemoOptions = {
  /** End with an exit code instead of serving the API until Ctrl-C. */
  readonly once: boolean;
  /** Kill the collector with -9 in the middle, several times. */
  readonly chaos: boolean;
  /** Serve through a guard that falls back, and say at the end what that was worth. */
  readonly guarded: boolean;
  /** Milliseconds of flight time per millisecond of waiting; 0 = as fast as this machine can. */
  readonly speedUp: number;
};

export const USAGE = `npm start -- [--once] [--guarded] [--chaos] [--speed-up N]
  --once        end with 0 if every incident was found and every row is in the store, else with 1
  --guarded     serve through a guard: requests beyond what training saw are answered by a fallback; with --once, ends with 0 only
                if that saved the incident of the wrong columns and cost nothing elsewhere
  --chaos       kill the collector with -9 in the middle, several times, and start it again
  --speed-up N  replay N times as fast as the flights flew; by default as fast as this machine can`;

/** Reads the arguments. @throws Error with the usage, for anything else. */
export function readDemoOptions(args: string[]): DemoOptions {
  try {
    const { values } = parseArgs({
      args,
      options: {
        once: { type: 'boolean' },
        guarded: { type: 'boolean' },
        chaos: { type: 'boolean' },
        'speed-up': { type: 'string' },
      },
    });
    const speedUp = Number(values['speed-up'] ?? 0);
    if (!(speedUp >= 0)) throw new Error(`--speed-up: expected a number of 0 or more, got ${values['speed-up']}`);
    return {
      once: values.once ?? false,
      guarded: values.guarded ?? false,
      chaos: values.chaos ?? false,
      speedUp,
    };
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : error}\n${USAGE}`, { cause: error });
  }
}
