import { CollectorProcess } from './collector-process.ts';
import { inference, makeColumns } from './columns.ts';
import type { Effort } from './effort.ts';
import type { StoredSize } from './measured.ts';
import { Program } from './program.ts';
import type { Sent } from './send.ts';
import type { SendCommand } from './sender.ts';
import type { BenchStore } from './stores.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Inferences a second of one model version, and the windows that they are kept in. */
const CASES = [
  { inferencesPerSecond: 10, widthMs: MINUTE, windows: '1 m' },
  { inferencesPerSecond: 100, widthMs: MINUTE, windows: '1 m' },
  { inferencesPerSecond: 1_000, widthMs: MINUTE, windows: '1 m' },
  { inferencesPerSecond: 10, widthMs: HOUR, windows: '1 h' },
] as const;
/** Statements hold so many JSON rows. */
const ROWS_AT_ONCE = 1_000;
const MILLION = 1e6;

/** Lets the collector store windows, and weighs them against the same inferences as rows of jsonb without any index. */
export async function measureSize(store: BenchStore, effort: Effort): Promise<StoredSize[]> {
  const sizes: StoredSize[] = [];
  const sender = new Program<SendCommand, Sent>(new URL('./sender.ts', import.meta.url));
  try {
    let json: Partial<Record<StoredSize['form'], number>> | undefined;
    for (const { inferencesPerSecond, widthMs, windows } of CASES) {
      await fill(store, sender, inferencesPerSecond, widthMs, effort.storedWindows);
      json ??= await weighJson(store, effort.jsonRows);
      const level = widthMs === MINUTE ? '1m' : '1h';
      const bytes = await weigh(store, [`summary_${level}`, `traffic_${level}`], 'series_id', 'window_start, part');
      for (const [form, stored] of Object.entries(bytes) as [StoredSize['form'], number][]) {
        const bytesPerWindow = stored / effort.storedWindows;
        const bytesPerMillion = (bytesPerWindow * MILLION) / ((inferencesPerSecond * widthMs) / 1e3);
        const jsonBytesPerMillion = (json[form]! / effort.jsonRows) * MILLION;
        sizes.push({
          store: store.name,
          form,
          windows,
          inferencesPerSecond,
          bytesPerWindow,
          bytesPerMillion,
          jsonBytesPerMillion,
          timesSmaller: jsonBytesPerMillion / bytesPerMillion,
        });
      }
      await store.ask(`truncate summary_${level}, traffic_${level}`);
    }
  } finally {
    await sender.stop();
  }
  return sizes;
}

async function fill(
  store: BenchStore,
  sender: Program<SendCommand, Sent>,
  perSecond: number,
  widthMs: number,
  windows: number,
): Promise<void> {
  const collector = await CollectorProcess.start(store.settings);
  try {
    const load = {
      name: `size-${perSecond}-${widthMs}`,
      agents: 1,
      modelsPerAgent: 1,
      isShared: false,
      inferences: (perSecond * widthMs) / 1e3,
      deltas: windows,
      widthMs,
    };
    const firstWindowMs = Math.floor(Date.now() / HOUR) * HOUR - (windows + 24) * widthMs;
    const { address } = collector;
    await sender.ask({ address, load, firstWindowMs, flushes: windows, flushesPerWindow: 1, pace: 'apart' });
  } finally {
    await collector.stop();
  }
}

async function weighJson(store: BenchStore, count: number): Promise<Partial<Record<StoredSize['form'], number>>> {
  const columns = makeColumns(7);
  await store.ask(
    'create table json_row (at timestamptz not null, model_version_id int not null, body jsonb not null)',
  );
  if (store.name === 'timescale') {
    await store.ask(`select create_hypertable('json_row', 'at', create_default_indexes => false)`);
  }
  const statements: string[] = [];
  for (let done = 0; done < count; done += ROWS_AT_ONCE) {
    const rows = Array.from({ length: Math.min(ROWS_AT_ONCE, count - done) }, (_, i) => inference(columns, done + i));
    statements.push(
      `insert into json_row select to_timestamp(981234567 + ${done} * 0.01 + n * 0.01), 1, body
       from jsonb_array_elements($json$${JSON.stringify(rows)}$json$) with ordinality as e (body, n)`,
    );
  }
  await store.ask(...statements);
  return weigh(store, ['json_row'], 'model_version_id', 'at');
}

/** Bytes of tables with their indexes and what is stored beside them; on TimescaleDB also as a columnstore. */
async function weigh(
  store: BenchStore,
  tables: readonly string[],
  segmentBy: string,
  orderBy: string,
): Promise<Partial<Record<StoredSize['form'], number>>> {
  const sizeOf = store.name === 'timescale' ? 'hypertable_size' : 'pg_total_relation_size';
  const sum = `select (${tables.map((table) => `${sizeOf}('${table}')`).join(' + ')})::text as bytes`;
  const plain = await store.ask(...tables.map((table) => `vacuum ${table}`), sum);
  if (store.name !== 'timescale') return { plain: Number(plain[0]!.bytes) };
  const [main] = tables as [string];
  const packed = await store.ask(
    `alter table ${main} set (timescaledb.compress, timescaledb.compress_segmentby = '${segmentBy}', timescaledb.compress_orderby = '${orderBy}')`,
    `select compress_chunk(chunk) from show_chunks('${main}') as chunk`,
    sum,
  );
  return { plain: Number(plain[0]!.bytes), columnstore: Number(packed[0]!.bytes) };
}
