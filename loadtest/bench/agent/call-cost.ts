import { median, ratioSpread, type Spread, spread } from '../spread.ts';
import type { Effort } from './effort.ts';
import type { Watched } from './variant.ts';
import { VARIANTS } from './variants.ts';
import { type Features, predict, requests } from './workload.ts';

/** Requests that calls take turns at: few that stay in the processor's cache, or many that do not. */
export type Pool = 'hot' | 'cold';
const POOLS: Readonly<Record<Pool, number>> = { hot: 64, cold: 4_096 };

/** What one pool cost. */
export type PoolResult = {
  readonly pool: Pool;
  /** By variant: nanoseconds a call beyond what the call takes that nobody watches. */
  readonly addedNs: Readonly<Record<string, Spread>>;
  readonly bareNs: Spread;
  /** By variant: what Tidemark adds, over what it adds, in the same round. */
  readonly oursOver: Readonly<Record<string, Spread>>;
};

// Turns of the event loop in which what was begun is packed and written; waiting for the other process is nobody's work.
const TURNS = 4;
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Times all variants in turn, each round beginning with another; every task awaits its calls one by one. */
export async function measureCalls(effort: Effort, progress: (step: string) => void): Promise<PoolResult[]> {
  const watched = new Map<string, Watched>();
  for (const variant of VARIANTS) watched.set(variant.id, await variant.start(predict));
  const results: PoolResult[] = [];
  for (const pool of Object.keys(POOLS) as Pool[]) {
    progress(`calls with ${pool} requests`);
    results.push(resultOf(pool, await rounds(watched, requests(POOLS[pool], 7), effort)));
  }
  for (const one of watched.values()) await one.stop();
  return results;
}

async function rounds(
  watched: ReadonlyMap<string, Watched>,
  features: readonly Features[],
  { warmUpRounds, rounds, calls }: Effort,
): Promise<Map<string, number[]>> {
  const tasks = [...watched];
  const ns = new Map(tasks.map(([id]) => [id, [] as number[]]));
  for (let round = -warmUpRounds; round < rounds; round++) {
    for (let place = 0; place < tasks.length; place++) {
      const [id, task] = tasks[(place + round + warmUpRounds) % tasks.length]!;
      const startedMs = performance.now();
      await task.calls(features, calls);
      // So many calls are ten seconds of 5 000 a second, after which an agent sends: that is part of the price.
      task.now();
      for (let i = 0; i < TURNS; i++) await turn();
      if (round >= 0) ns.get(id)!.push(((performance.now() - startedMs) * 1e6) / calls);
      // The network has its turn outside of the clock, for all alike.
      for (let i = 0; i < TURNS; i++) await turn();
    }
  }
  return ns;
}

function resultOf(pool: Pool, ns: ReadonlyMap<string, readonly number[]>): PoolResult {
  const bare = ns.get('bare')!;
  const added = new Map(
    [...ns].filter(([id]) => id !== 'bare').map(([id, all]) => [id, all.map((value, round) => value - bare[round]!)]),
  );
  const ours = added.get('tidemark')!;
  return {
    pool,
    bareNs: spread(bare),
    addedNs: Object.fromEntries([...added].map(([id, values]) => [id, spread(values)])),
    oursOver: Object.fromEntries(
      [...added]
        .filter(([id, values]) => id !== 'tidemark' && median(values) > 0)
        .map(([id, values]) => [id, ratioSpread(ours, values)]),
    ),
  };
}
