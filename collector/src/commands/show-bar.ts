import type { WriteStream } from 'node:tty';

/** Shorter work needs no bar, and a terminal is not drawn on more often than eyes follow. */
const QUIET_MS = 1_000;
const EVERY_MS = 100;
const CELLS = 30;

/** What can be drawn on, as `process.stderr` is where it is a terminal. */
export type Screen = Pick<WriteStream, 'isTTY' | 'write'>;

/** A bar on a terminal; `told` takes the share that is done (0..1), and begins anew where that falls. `end` takes the bar away. */
export type Bar = { readonly told: (share: number) => void; readonly end: () => void };

/** A bar for work that takes longer than a second. Where the screen is no terminal nothing is ever drawn. */
export function showBar(label: string, screen: Screen = process.stderr, now: () => number = Date.now): Bar {
  if (!screen.isTTY) return { told: () => undefined, end: () => undefined };
  let next = now() + QUIET_MS;
  let isDrawn = false;
  return {
    told(share) {
      if (now() < next) return;
      next = now() + EVERY_MS;
      isDrawn = true;
      const full = Math.round(share * CELLS);
      const percent = `${Math.floor(share * 100)}`.padStart(3);
      screen.write(`\r${label} [${'#'.repeat(full)}${'.'.repeat(CELLS - full)}] ${percent} %\u001b[K`);
    },
    end() {
      if (isDrawn) screen.write('\r\u001b[K');
      isDrawn = false;
    },
  };
}
