import { type EventLoopUtilization, monitorEventLoopDelay, performance } from 'node:perf_hooks';
import type { Recorder } from './recorder.ts';

const NS_PER_S = 1e9;
const US_PER_S = 1e6;
/** How often the delay is looked at, in ms; finer costs more and tells no more about delays that hurt. */
const RESOLUTION_MS = 20;

/**
 * What the process needs. The delay of the event loop is told of one span at a time, whoever looks in between: `turn` ends
 * a span and begins the next.
 */
export class ProcessFigures {
  readonly #delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  #loop: EventLoopUtilization = performance.eventLoopUtilization();
  #last: { readonly p99: number; readonly max: number; readonly utilization: number } | undefined;

  constructor(recorder: Recorder) {
    recorder.observe('process.cpu.time', (tell) => {
      const { user, system } = process.cpuUsage();
      tell(user / US_PER_S, { 'cpu.mode': 'user' });
      tell(system / US_PER_S, { 'cpu.mode': 'system' });
    });
    recorder.observe('process.memory.usage', (tell) => tell(process.memoryUsage.rss()));
    recorder.observe('process.uptime', (tell) => tell(process.uptime()));
    recorder.observe('v8js.memory.heap.used', (tell) => tell(process.memoryUsage().heapUsed));
    recorder.observe('nodejs.eventloop.delay.p99', (tell) => this.#last && tell(this.#last.p99));
    recorder.observe('nodejs.eventloop.delay.max', (tell) => this.#last && tell(this.#last.max));
    recorder.observe('nodejs.eventloop.utilization', (tell) => this.#last && tell(this.#last.utilization));
  }

  start(): void {
    this.#delay.enable();
  }

  turn(): void {
    const now = performance.eventLoopUtilization();
    // What is measured is the time between two looks, so the time that was meant to pass is taken off.
    const beyond = (ns: number) => Math.max(0, ns / NS_PER_S - RESOLUTION_MS / 1000);
    this.#last = {
      p99: beyond(this.#delay.percentile(99)),
      max: beyond(this.#delay.max),
      utilization: performance.eventLoopUtilization(now, this.#loop).utilization,
    };
    this.#loop = now;
    this.#delay.reset();
  }

  stop(): void {
    this.#delay.disable();
  }
}
