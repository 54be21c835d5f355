import { monitorEventLoopDelay } from 'node:perf_hooks';

// Coarse enough to cost nothing that can be seen, fine enough to show a loop that is held up.
const RESOLUTION_MS = 20;
const NS_PER_MS = 1e6;

/**
 * Delay of this thread's event loop. The monitor's timer is Node's own and does not keep the process alive; it is
 * made when it is first asked to start.
 */
export class LoopDelay {
  #histogram: ReturnType<typeof monitorEventLoopDelay> | undefined;

  /** Measures from now on, unless it does already. */
  start(): void {
    if (this.#histogram !== undefined) return;
    this.#histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
    this.#histogram.enable();
  }

  /** 99th percentile in milliseconds since the last time this was asked; 0 where nothing was measured. */
  takeP99Ms(): number {
    const histogram = this.#histogram;
    if (histogram === undefined || histogram.count === 0) return 0;
    // The histogram holds the time between two ticks of its timer, so that an idle loop shows the resolution.
    const ms = Math.max(0, histogram.percentile(99) / NS_PER_MS - RESOLUTION_MS);
    histogram.reset();
    return ms;
  }

  stop(): void {
    this.#histogram?.disable();
    this.#histogram = undefined;
  }
}
