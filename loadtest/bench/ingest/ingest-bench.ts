import { type Bench, type BenchOptions, type Outcome, WrongUse } from '../bench.ts';
import { budgetOf, judge } from '../budget.ts';
import { type Effort, FULL, QUICK } from './effort.ts';
import { findings } from './findings.ts';
import { type Measured, PARTS, type Part, type ReadSpeed, type StoredSize, type StoreSpeed } from './measured.ts';
import { measureReads } from './read-speed.ts';
import { writeRates } from './readme-table.ts';
import { report } from './report.ts';
import { measureSpeed } from './store-speed.ts';
import { measureSize } from './stored-size.ts';
import { type BenchStore, createStore, STORES, type StoreName } from './stores.ts';

/** How fast the collector takes what agents send, against the bare database; and what it keeps of it. */
export const ingestBench: Bench = { run, writeReadme: writeRates };

async function run(options: BenchOptions): Promise<Outcome> {
  const effort = options.quick ? QUICK : FULL;
  const measured = await measure(effort, options);
  const found = findings(measured);
  // Of chosen parts, and of servers that are not here, nothing can be judged; of all that is here everything must be.
  const lines = budgetOf('ingest').filter(
    ({ id }) => (options.only === null && measured.missing.length === 0) || found.has(id),
  );
  const gates = lines.map((line) => judge(line, found.get(line.id)));
  return { gates, text: report(measured, gates), record: { effort, ...measured } };
}

async function measure(effort: Effort, { only, progress }: BenchOptions): Promise<Measured> {
  for (const name of only ?? []) {
    if (!(PARTS as readonly string[]).includes(name))
      throw new WrongUse(`unknown part '${name}'; there are: ${PARTS.join(', ')}`);
  }
  const isMeant = (part: Part) => only === null || only.includes(part);
  const speeds: StoreSpeed[] = [];
  const sizes: StoredSize[] = [];
  const reads: ReadSpeed[] = [];
  const missing: string[] = [];
  for (const name of STORES) {
    if (isMeant(name)) {
      progress(`speed on ${name}`);
      await onStore(name, missing, async (store) => void speeds.push(await measureSpeed(store, effort)));
    }
    if (isMeant('size')) {
      progress(`size on ${name}`);
      await onStore(name, missing, async (store) => void sizes.push(...(await measureSize(store, effort))));
    }
    if (isMeant('reads')) {
      progress(`reads on ${name}`);
      await onStore(name, missing, async (store) => void reads.push(await measureReads(store, effort)));
    }
  }
  return { speeds, sizes, reads, missing: [...new Set(missing)] };
}

async function onStore(name: StoreName, missing: string[], work: (store: BenchStore) => Promise<void>): Promise<void> {
  const store = await createStore(name);
  if ('missing' in store) {
    missing.push(`${name}: ${store.missing}`);
    return;
  }
  try {
    await work(store);
  } finally {
    await store.remove();
  }
}
