import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createAgent } from '@tidemark/agent';
import { ratioSpread, type Spread, spread } from '../spread.ts';
import type { Effort } from './effort.ts';
import { SinkProcess } from './sink-process.ts';
import { type Features, type Predict, predict, requests } from './workload.ts';

/** A steady load, and what watching it did to the event loop and to the calls themselves. */
export type LoopResult = {
  readonly perSecond: number;
  readonly fields: number;
  /** 99th percentile of the delay of the event loop. */
  readonly bareP99Ms: Spread;
  readonly wrappedP99Ms: Spread;
  readonly ratio: Spread;
  readonly addedP99Ms: Spread;
  /** 99th percentile of the time from a call to its answer: what wrapping adds. */
  readonly addedCallP99Ms: Spread;
};

type Measured = { readonly loopP99Ms: number; readonly callP99Ms: number };

/** Runs a load wrapped and not wrapped in turn; the delay is watched at the resolution of a millisecond. */
export async function measureLoop(perSecond: number, numbers: number, effort: Effort): Promise<LoopResult> {
  const features = requests(4_096, 11, numbers);
  const sink = await SinkProcess.start();
  const agent = createAgent({
    collector: sink.address,
    model: { name: 'bench', version: '1' },
    // So that several flushes fall into each round.
    flushIntervalMs: 1_000,
  });
  const wrapped = agent.wrap(predict, {
    features: (given) => given,
    prediction: (answer) => answer.minutes,
    confidence: (answer) => answer.p,
  });
  const bare: Measured[] = [];
  const watched: Measured[] = [];
  // One of each to warm up.
  for (let round = -1; round < effort.loopRounds; round++) {
    const order = round % 2 === 0 ? ([predict, wrapped] as const) : ([wrapped, predict] as const);
    for (const call of order) {
      const measured = await load(call, features, perSecond, effort.loopMs);
      if (round >= 0) (call === wrapped ? watched : bare).push(measured);
    }
  }
  await agent.stop();
  await sink.stop();
  const of = (list: readonly Measured[], key: keyof Measured) => list.map((one) => one[key]);
  const [over, under] = [of(watched, 'loopP99Ms'), of(bare, 'loopP99Ms')];
  const [calls, bareCalls] = [of(watched, 'callP99Ms'), of(bare, 'callP99Ms')];
  return {
    perSecond,
    fields: Object.keys(features[0]!).length,
    bareP99Ms: spread(under),
    wrappedP99Ms: spread(over),
    ratio: ratioSpread(over, under),
    addedP99Ms: spread(over.map((value, i) => value - under[i]!)),
    addedCallP99Ms: spread(calls.map((value, i) => value - bareCalls[i]!)),
  };
}

/** Calls at a steady rate by the clock: what was due while the loop was held up is made up for at once. */
async function load(call: Predict, features: readonly Features[], perSecond: number, ms: number): Promise<Measured> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const took: number[] = [];
  const startedMs = performance.now();
  let made = 0;
  delay.enable();
  await new Promise<void>((resolve) => {
    const tick = () => {
      const elapsedMs = performance.now() - startedMs;
      const due = Math.min((elapsedMs * perSecond) / 1_000, (ms * perSecond) / 1_000);
      while (made < due) void timed(call, features[made++ % features.length]!, took);
      if (elapsedMs >= ms) resolve();
      else setTimeout(tick, 1);
    };
    tick();
  });
  delay.disable();
  took.sort((a, b) => a - b);
  return { loopP99Ms: delay.percentile(99) / 1e6, callP99Ms: took[Math.floor(took.length * 0.99)] ?? 0 };
}

async function timed(call: Predict, features: Features, took: number[]): Promise<void> {
  const startedMs = performance.now();
  await call(features);
  took.push(performance.now() - startedMs);
}
