import { AgentStream } from './agent-stream.ts';
import type { PreparedBatch } from './fleet.ts';

/**
 * How batches follow each other: `apart` = each agent sends its next when it has its receipt, so that no two deltas of a
 * series that one agent serves meet in a commit; `flood` = as many without a receipt as may be; else a steady number of
 * summaries a second.
 */
export type Pace = 'apart' | 'flood' | { readonly summariesPerSecond: number };

/** What came of sending. */
export type Sent = {
  readonly summaries: number;
  readonly bytes: number;
  readonly ms: number;
  readonly latenciesMs: readonly number[];
};

/** Sends flushes (each one batch of every agent) over connections of their own; only sending and receipts are in the time. */
export async function send(address: string, flushes: readonly PreparedBatch[][], pace: Pace): Promise<Sent> {
  const streams = await Promise.all((flushes[0] ?? []).map(() => AgentStream.open(address)));
  const startedMs = performance.now();
  if (typeof pace === 'object') await steadily(streams, flushes, pace.summariesPerSecond);
  else await Promise.all(streams.map((stream, agent) => all(stream, flushes, agent, pace === 'apart')));
  await Promise.all(streams.map((stream) => stream.settle()));
  const ms = performance.now() - startedMs;
  for (const stream of streams) stream.close();
  const batches = flushes.flat();
  return {
    summaries: batches.reduce((sum, { summaries }) => sum + summaries, 0),
    bytes: batches.reduce((sum, { bytes }) => sum + bytes.length, 0),
    ms,
    latenciesMs: streams.flatMap(({ latenciesMs }) => latenciesMs),
  };
}

async function all(
  stream: AgentStream,
  flushes: readonly PreparedBatch[][],
  agent: number,
  isApart: boolean,
): Promise<void> {
  for (const batches of flushes) {
    await stream.send(batches[agent]!);
    if (isApart) await stream.settle();
  }
}

/** By the clock: what was due while the loop was held up is made up for at once. */
async function steadily(
  streams: readonly AgentStream[],
  flushes: readonly PreparedBatch[][],
  perSecond: number,
): Promise<void> {
  const startedMs = performance.now();
  let due = 0;
  for (const batches of flushes) {
    for (const [agent, batch] of batches.entries()) {
      const waitMs = startedMs + due - performance.now();
      if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
      await streams[agent]!.send(batch);
      due += (batch.summaries / perSecond) * 1_000;
    }
  }
}
