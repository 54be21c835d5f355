import type { Sql } from '../fleet/stored.ts';
import type { Check, Scenario, ScenarioOptions, ScenarioResult } from './scenario.ts';
import { usualShape, wallNow } from './shapes.ts';
import { Stage } from './stage.ts';
import { conclude } from './verdict.ts';

/** What the issue asks for: flat within a fifth. */
const FLAT = 0.2;
/** Statistics of a backend that has gone idle are told within a second or so; they are read until they stand still. */
const SETTLE_MS = 2_500;
const FLUSH_MS = 10_000;
/** Every agent serves all of them. */
const MODELS = 4;

type Written = {
  readonly summaries: number;
  readonly bookkeeping: number;
  readonly other: number;
  readonly wal: number;
};

/** The same models and traffic spread over a hundredth, a tenth and all of the agents. */
export const writes: Scenario = {
  what: 'rows written and WAL for a hundredth, a tenth and all of the agents, same models and traffic: summaries flat within 20 %',
  databases: ['postgres'],
  agents: 1_000,
  seconds: 60,
  async run(options) {
    const sizes = [options.agents / 100, options.agents / 10, options.agents].map((size) =>
      Math.max(1, Math.round(size)),
    );
    const figures: Record<string, number | string | null> = {};
    const checks: Check[] = [];
    const summaries: number[] = [];
    for (const agents of sizes) {
      options.progress(`${agents} agents`);
      const { written, result } = await measure({ ...options, agents });
      const perMinute = 60 / options.seconds;
      for (const [name, value] of Object.entries(written)) figures[`${agents}.${name}PerMinute`] = value * perMinute;
      figures[`${agents}.batches`] = result.figures.batches ?? null;
      figures[`${agents}.receiptP50Ms`] = result.figures.receiptP50Ms ?? null;
      figures[`${agents}.receiptP99Ms`] = result.figures.receiptP99Ms ?? null;
      summaries.push(written.summaries);
      checks.push(...result.checks.map((check) => ({ ...check, what: `${agents} agents: ${check.what}` })));
    }
    const spread = Math.max(...summaries) / Math.min(...summaries) - 1;
    return {
      figures,
      checks: [
        ...checks,
        { what: 'summaries and traffic: most over least, less 1', value: spread, pass: spread <= FLAT },
      ],
    };
  },
};

async function measure(options: ScenarioOptions): Promise<{ written: Written; result: ScenarioResult }> {
  const { seed, agents, database, seconds } = options;
  const stage = await Stage.open({ database });
  try {
    const every = { models: MODELS, modelsPerAgent: MODELS, seriesPerModel: 12 };
    const shape = usualShape(seed, { ...every, flushMs: FLUSH_MS, dailySwing: 0 });
    const fleet = stage.send({ shape, seed, agents, now: wallNow });
    // Series and versions come to be, and connections are made, before anything is measured.
    await fleet.run(FLUSH_MS);
    await fleet.drain(60_000);
    const before = await stage.ask(readWritten);
    await fleet.run(seconds * 1_000);
    await fleet.drain(60_000);
    const after = await stage.ask(readWritten);
    const written = {
      summaries: after.summaries - before.summaries,
      bookkeeping: after.bookkeeping - before.bookkeeping,
      other: after.other - before.other,
      wal: after.wal - before.wal,
    };
    return { written, result: await conclude(stage, fleet) };
  } finally {
    await stage.close();
  }
}

/** Rows written so far, by what they are for, and bytes of WAL; read until two readings agree. */
async function readWritten(sql: Sql): Promise<Written> {
  for (let last = await readOnce(sql); ; ) {
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    const next = await readOnce(sql);
    if (next.summaries === last.summaries && next.bookkeeping === last.bookkeeping) return next;
    last = next;
  }
}

async function readOnce(sql: Sql): Promise<Written> {
  const rows = await sql<{ job: 'summaries' | 'bookkeeping' | 'other'; n: unknown }>(
    `select case when relname ~ '^(summary|traffic)_' then 'summaries'
       when relname in ('ingest_batch', 'agent', 'agent_health', 'loss') then 'bookkeeping' else 'other' end as job,
       sum(n_tup_ins + n_tup_upd) as n
     from pg_stat_user_tables group by 1`,
  );
  const wal = await sql<{ bytes: unknown }>(`select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0') as bytes`);
  const of = (wanted: string) => Number(rows.find(({ job }) => job === wanted)?.n ?? 0);
  return {
    summaries: of('summaries'),
    bookkeeping: of('bookkeeping'),
    other: of('other'),
    wal: Number(wal[0]?.bytes ?? 0),
  };
}
