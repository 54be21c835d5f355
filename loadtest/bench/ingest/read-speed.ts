import { spread } from '../spread.ts';
import { CollectorProcess } from './collector-process.ts';
import type { Effort } from './effort.ts';
import type { ReadSpeed } from './measured.ts';
import { Program } from './program.ts';
import type { Sent } from './send.ts';
import type { SendCommand } from './sender.ts';
import type { BenchStore } from './stores.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** The collector rolls up what has ended two minutes ago, looking every ten seconds. */
const PATIENCE_MS = 300_000;

/** Lets the collector store days of minutes and roll them up, then asks it for quantiles over the whole of them. */
export async function measureReads(store: BenchStore, effort: Effort): Promise<ReadSpeed> {
  const { readDays: days, reads } = effort;
  const collector = await CollectorProcess.start(store.settings);
  const sender = new Program<SendCommand, Sent>(new URL('./sender.ts', import.meta.url));
  try {
    const load = {
      name: 'reads',
      agents: 1,
      modelsPerAgent: 1,
      isShared: false,
      inferences: 1_000,
      deltas: 120,
      widthMs: MINUTE,
    };
    const from = Math.floor(Date.now() / DAY) * DAY - days * DAY;
    const { address } = collector;
    for (let day = 0; day < days; day++) {
      const firstWindowMs = from + day * DAY;
      await sender.ask({ address, load, firstWindowMs, flushes: 1_440, flushesPerWindow: 1, pace: 'flood' });
    }
    await rolledUp(collector, days * 25);
    const series = await numbersOf(collector);
    const half = 37 * MINUTE;
    // On whole days, and cut in two at both ends: then hours and minutes have to fill in.
    const [aligned, cut] = [
      [from, from + days * DAY],
      [from + half, from + days * DAY - half],
    ] as const;
    return {
      store: store.name,
      days,
      wholeDaysMs: spread(await timeReads(collector, series, aligned, reads)),
      cutMs: spread(await timeReads(collector, series, cut, reads)),
    };
  } finally {
    await sender.stop();
    await collector.stop();
  }
}

async function rolledUp(collector: CollectorProcess, buckets: number): Promise<void> {
  const patience = AbortSignal.timeout(PATIENCE_MS);
  for (;;) {
    patience.throwIfAborted();
    const text = await (await fetch(`${collector.httpUrl}/metrics`)).text();
    const made = /^tidemark_upkeep_rows_total\{.*task="rollup".*\} (\d+)/m.exec(text)?.[1];
    if (Number(made ?? 0) >= buckets) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

async function numbersOf(collector: CollectorProcess): Promise<number[]> {
  const ask = async (path: string) => (await fetch(`${collector.httpUrl}/api/v1${path}`)).json();
  const [{ id }] = (await ask('/models/reads-0/versions')) as [{ id: number }];
  const series = (await ask(`/versions/${id}/series`)) as { id: number; kind: string }[];
  return series.filter(({ kind }) => kind === 'number').map((one) => one.id);
}

/** Milliseconds of each question, over HTTP. */
async function timeReads(
  collector: CollectorProcess,
  series: readonly number[],
  [from, to]: readonly [number, number],
  reads: number,
): Promise<number[]> {
  const span = `from=${new Date(from).toISOString()}&to=${new Date(to).toISOString()}`;
  const times: number[] = [];
  for (let i = -10; i < reads; i++) {
    const id = series[(i + 10) % series.length]!;
    const start = performance.now();
    const response = await fetch(`${collector.httpUrl}/api/v1/series/${id}/summary?${span}`);
    const { quantiles } = (await response.json()) as { quantiles: object | null };
    if (quantiles === null) throw new Error(`series ${id} has no quantiles: ${response.status}`);
    // The first warm up.
    if (i >= 0) times.push(performance.now() - start);
  }
  return times;
}
