import { loadConfig } from '../../../collector/src/config.ts';
import { createLog } from '../../../collector/src/log.ts';
import type { Database } from '../../../collector/src/store/database.ts';
import { openStore } from '../../../collector/src/store/open.ts';
import { type Bench, type BenchOptions, type Outcome, WrongUse } from '../bench.ts';
import { budgetOf, judge } from '../budget.ts';
import { createStore, STORES, type StoreName } from '../ingest/stores.ts';
import { type Effort, FULL, QUICK } from './effort.ts';
import { findings } from './findings.ts';
import { measureReplay, measureTicks } from './judge-store.ts';
import type { Measured, StoreJudged } from './measured.ts';
import { report } from './report.ts';

/** How fast stored windows are judged, live and in a replay, and whether both come to the same. */
export const judgeBench: Bench = { run };

async function run(options: BenchOptions): Promise<Outcome> {
  for (const name of options.only ?? []) {
    if (!(STORES as readonly string[]).includes(name))
      throw new WrongUse(`unknown store '${name}'; there are: ${STORES.join(', ')}`);
  }
  const effort = options.quick ? QUICK : FULL;
  const stores: StoreJudged[] = [];
  const missing: string[] = [];
  for (const name of STORES) {
    if (options.only !== null && !options.only.includes(name)) continue;
    const judged = await measureStore(name, effort, options.progress);
    if ('missing' in judged) missing.push(`${name}: ${judged.missing}`);
    else stores.push(judged);
  }
  const measured: Measured = { stores, missing };
  const found = findings(measured);
  const gates = budgetOf('judge').map((line) => judge(line, found.get(line.id)));
  return { gates, text: report(measured, gates), record: { effort, ...measured } };
}

async function measureStore(
  name: StoreName,
  effort: Effort,
  progress: (step: string) => void,
): Promise<StoreJudged | { readonly missing: string }> {
  progress(`one wide model on ${name}`);
  const ticks = await onStore(name, (database) => measureTicks(database, effort));
  if ('missing' in ticks) return ticks;
  progress(`history on ${name}`);
  const history = await onStore(name, (database) =>
    measureReplay(database, effort, (step) => progress(`${step} on ${name}`)),
  );
  return 'missing' in history ? history : { store: name, ...ticks, ...history };
}

async function onStore<T extends object>(
  name: StoreName,
  work: (database: Database) => Promise<T>,
): Promise<T | { readonly missing: string }> {
  const store = await createStore(name);
  if ('missing' in store) return store;
  try {
    const config = await loadConfig(undefined, { ...store.settings });
    const database = await openStore(config, createLog('error'));
    try {
      return await work(database);
    } finally {
      await database.close();
    }
  } finally {
    await store.remove();
  }
}
