import { messageOf } from '../../errors.ts';
import { type BaselineRow, listBaselines, loadBaseline, loadBaselineWindows } from '../baselines.ts';
import type { Database, Queryable } from '../database.ts';
import { inTransaction } from '../in-transaction.ts';
import { LEVELS } from '../levels.ts';
import { type SummaryRow, toSummary } from '../summaries.ts';

const ROWS_AT_ONCE = 200;
const SAMPLED_SERIES = 50;
const SAMPLED_WINDOWS = 3;
/** As many are named; the rest is counted. */
const NAMED = 5;

/** Sketches that were decoded, how many could not be, and the first of those by name with the reason. */
export type SketchCheck = { readonly checked: number; readonly damaged: number; readonly named: readonly string[] };

/**
 * Decodes what is stored: every baseline, and of the windows all, also those of baselines, or the newest three of fifty series.
 * It needs the memory of some rows.
 */
export function checkSketches(database: Database, all: boolean): Promise<SketchCheck> {
  return database.session((session) =>
    inTransaction(session, (tx) => decodeAll(tx, all), 'begin isolation level repeatable read read only'),
  );
}

async function decodeAll(tx: Queryable, all: boolean): Promise<SketchCheck> {
  let checked = 0;
  let damaged = 0;
  const named: string[] = [];
  const decode = async (name: () => string, attempt: () => unknown) => {
    checked++;
    try {
      await attempt();
    } catch (error) {
      damaged++;
      if (named.length < NAMED) named.push(`${name()}: ${messageOf(error)}`);
    }
  };
  for (const baseline of await listBaselines(tx, null, null)) {
    await decode(
      () => `baseline ${baseline.name} of ${baseline.model} ${baseline.version}`,
      () => loadBaseline(tx, baseline),
    );
    for (const { stage, field } of all ? await seriesOf(tx, baseline) : []) {
      await decode(
        () => `windows of ${stage}/${field} of baseline ${baseline.name} of ${baseline.model} ${baseline.version}`,
        () => loadBaselineWindows(tx, baseline.id, stage, field),
      );
    }
  }
  for (const { summaries } of LEVELS) {
    for await (const row of summaryRows(tx, summaries, all)) {
      await decode(
        () => `${summaries}, series ${row.series_id}, window ${new Date(row.window_start).toISOString()}`,
        () => toSummary(row),
      );
    }
  }
  return { checked, damaged, named };
}

/** The series of a baseline that has windows. */
function seriesOf(tx: Queryable, { id, window_s }: BaselineRow): Promise<{ stage: string; field: string }[]> {
  if (window_s === null) return Promise.resolve([]);
  return tx.query('select stage, field from baseline_series where baseline_id = $1', [id]);
}

async function* summaryRows(tx: Queryable, table: string, all: boolean): AsyncGenerator<SummaryRow, void, void> {
  const newest = `(select id from series order by random() limit ${SAMPLED_SERIES}) as sampled
    cross join lateral (select * from ${table} where series_id = sampled.id order by window_start desc limit ${SAMPLED_WINDOWS}) as w`;
  await tx.query(
    `declare decoded no scroll cursor for select w.*, kind from ${all ? `${table} as w` : newest}
     join series on series.id = w.series_id`,
  );
  for (;;) {
    const rows = await tx.query<SummaryRow>(`fetch ${ROWS_AT_ONCE} from decoded`);
    if (rows.length === 0) break;
    yield* rows;
  }
  await tx.query('close decoded');
}
