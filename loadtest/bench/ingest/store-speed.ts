import { median, ratioSpread, spread } from '../spread.ts';
import { CollectorProcess } from './collector-process.ts';
import type { Effort } from './effort.ts';
import type { Load } from './fleet.ts';
import type { Latency, StoreSpeed } from './measured.ts';
import { processorMs } from './processor-time.ts';
import { Program } from './program.ts';
import type { RawWay } from './raw-upsert.ts';
import type { RawCommand, RawRun } from './raw-writer.ts';
import type { Pace, Sent } from './send.ts';
import type { SendCommand } from './sender.ts';
import type { BenchStore } from './stores.ts';

const MINUTE = 60_000;
/** A window of a minute comes in six deltas of ten seconds. */
const FLUSHES = 6;
/** Half of what has to be accepted at the least. */
const STEADY = { pglite: 1_500, postgres: 5_000, timescale: 5_000 } as const;

type Round = { readonly perSecond: number; readonly sent: Sent };

/** Measures one store: the collector and the yardstick take turns, each in a process and on a database of its own. */
export async function measureSpeed(store: BenchStore, effort: Effort): Promise<StoreSpeed> {
  const sender = new Program<SendCommand, Sent>(new URL('./sender.ts', import.meta.url));
  const raw = new Program<RawCommand, RawRun | null>(new URL('./raw-writer.ts', import.meta.url));
  let collector: CollectorProcess | undefined;
  try {
    const windows = new Windows();
    const own = loadOf(effort, 'own', false);
    const shared = loadOf(effort, 'shared', true);
    const run = async (load: Load, pace: Pace, flushes = FLUSHES): Promise<Round> => {
      const firstWindowMs = windows.next(flushes);
      const { address } = collector!;
      const sent = await sender.ask({ address, load, firstWindowMs, flushes, flushesPerWindow: FLUSHES, pace });
      return { perSecond: (sent.summaries / sent.ms) * 1e3, sent };
    };

    collector = await CollectorProcess.start(store.settings);
    const first = await run(own, 'apart');
    await collector.stop();
    const [{ server }] = (await store.ask('show server_version')).map((row) => ({ server: row.server_version! })) as [
      { server: string },
    ];
    const place = await store.copy();
    const rows = first.sent.summaries / FLUSHES;
    const perCommit = [...new Set([Math.min(500, rows), rows])];
    await raw.ask({ kind: 'open', place, perCommit });
    collector = await CollectorProcess.start(store.settings);

    const ways = perCommit.flatMap((some) => (['unnest', 'copy'] as RawWay[]).map((way) => ({ way, perCommit: some })));
    const runRaw = async (way: (typeof ways)[number]): Promise<number> => {
      const { rows: upserted, ms } = await raw.ask<RawRun>({ kind: 'run', ...way, times: FLUSHES });
      return (upserted / ms) * 1e3;
    };
    const warmUntil = performance.now() + effort.warmUpMs;
    do {
      await run(own, 'apart');
      await run(shared, 'flood');
    } while (performance.now() < warmUntil);
    for (const way of ways) await runRaw(way);

    const ours: number[] = [];
    const cpuUs: number[] = [];
    const runOurs = async () => {
      const usedMs = processorClock(store, collector!.pid);
      const { perSecond, sent } = await run(own, 'apart');
      ours.push(perSecond);
      cpuUs.push((usedMs() * 1e3) / sent.summaries);
    };
    const theirs = ways.map((): number[] => []);
    const theirCpuUs = ways.map((): number[] => []);
    for (let round = 0; round < effort.rounds; round++) {
      const oursFirst = round % 2 === 0;
      if (oursFirst) await runOurs();
      for (let turn = 0; turn < ways.length; turn++) {
        const which = (turn + round) % ways.length;
        const usedMs = processorClock(store, raw.pid);
        theirs[which]!.push(await runRaw(ways[which]!));
        theirCpuUs[which]!.push((usedMs() * 1e3) / (FLUSHES * rows));
      }
      if (!oursFirst) await runOurs();
    }
    const fastest = theirs.toSorted((a, b) => median(b) - median(a))[0]!;
    const known = (us: readonly number[]) => (us.some(Number.isNaN) ? null : median(us));

    const floods: Round[] = [];
    for (let round = 0; round < effort.sharedRounds; round++) floods.push(await run(shared, 'flood', 2 * FLUSHES));
    const summariesPerSecond = STEADY[store.name as keyof typeof STEADY];
    const flushes = Math.ceil((summariesPerSecond * effort.steadyMs) / 1e3 / rows);
    const steady = await run(own, { summariesPerSecond }, flushes);
    const peak = collector.peakBytes();
    return {
      store: store.name,
      server,
      ownRows: spread(ours),
      raw: ways.map((way, i) => ({ ...way, rowsPerSecond: spread(theirs[i]!) })),
      ofRaw: ratioSpread(ours, fastest),
      sharedRows: spread(floods.map(({ perSecond }) => perSecond)),
      full: latencyOf(floods.flatMap(({ sent }) => sent.latenciesMs)),
      steady: { summariesPerSecond, ...latencyOf(steady.sent.latenciesMs) },
      peakMb: peak === null ? null : peak / 2 ** 20,
      cpuUsPerSummary: known(cpuUs),
      rawCpuUsPerRow: known(theirCpuUs[theirs.indexOf(fastest)]!),
      bytesPerSummary: first.sent.bytes / first.sent.summaries,
    };
  } finally {
    await sender.stop();
    await raw.stop();
    await collector?.stop();
  }
}

function loadOf({ agents, modelsPerAgent, valuesPerDelta }: Effort, name: string, isShared: boolean): Load {
  return { name, agents, modelsPerAgent, isShared, inferences: valuesPerDelta, deltas: 16, widthMs: MINUTE };
}

/** Answers the processor time that a process and the database use from now on, in ms; NaN where the system does not say. */
function processorClock(store: BenchStore, pid: number): () => number {
  const used = () => (processorMs(pid) ?? Number.NaN) + (store.processorMs() ?? Number.NaN);
  const before = used();
  return () => used() - before;
}

/** Windows of the last days, each used once. */
class Windows {
  #next = Math.floor(Date.now() / MINUTE) * MINUTE - 5 * 24 * 60 * MINUTE;

  next(flushes: number): number {
    const start = this.#next;
    this.#next += Math.ceil(flushes / FLUSHES) * MINUTE;
    return start;
  }
}

function latencyOf(latenciesMs: readonly number[]): Latency {
  const sorted = latenciesMs.toSorted((a, b) => a - b);
  const at = (q: number) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
  return { p50Ms: at(0.5), p99Ms: at(0.99) };
}
