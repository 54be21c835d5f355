import { keptAs } from '../kept-for.ts';
import { type Queryable, toArrayLiteral } from './database.ts';
import {
  type CleanUp,
  deleteOldestOfKeys,
  deleteSlice,
  dropChunks,
  KEYS_AT_ONCE,
  type KeyedTable,
} from './delete-rows.ts';
import { LEVELS, type Level } from './levels.ts';
import type { RetentionRule } from './retention-rules.ts';
import { listHypertables } from './timescale.ts';

const DAY = 86_400_000;
/** Windows in a step: 1 440 minutes, 720 hours, 365 days. */
const STEP_MS: Readonly<Record<ReturnType<typeof keptAs>, number>> = { minutes: DAY, hours: 30 * DAY, days: 365 * DAY };
const EVENTS: KeyedTable = { table: 'event', key: 'model_version_id', time: 'at', stepMs: 3_600_000 };

/** Plain tables of rows that belong to a model version and a time of the data, kept for as long as its hours. */
const WITH_HOURS: readonly { readonly table: string; readonly where: string }[] = [
  { table: 'outcome', where: 'at < $1' },
  { table: 'score', where: 'tick < $1' },
  // What led to an alert that is still open stays with it.
  {
    table: 'alert_event',
    where: `tick < $1 and not exists
      (select 1 from alert where alert.fingerprint = alert_event.fingerprint and alert.state <> 'inactive')`,
  },
];

/**
 * What deletes all that lies before the bounds of the rules: whole chunks where there are chunks, slices elsewhere.
 * @param pending before this (ms) nothing waits to be rolled up: finer windows go no further than this.
 */
export async function planCleanUps(
  db: Queryable,
  rules: readonly RetentionRule[],
  pending: number,
): Promise<CleanUp[]> {
  const hypertables = await listHypertables(db);
  const plan: CleanUp[] = [];
  for (const { versionIds, bounds } of rules) {
    const seriesIds = versionIds === 'all' ? [] : await seriesOf(db, versionIds);
    const clean = (table: KeyedTable, bound: number) => {
      if (bound === -Infinity) return;
      if (versionIds !== 'all') plan.push(...byKey(table, table.key === 'series_id' ? seriesIds : versionIds, bound));
      else if (hypertables.has(table.table)) plan.push((session) => dropChunks(session, table.table, bound));
      else plan.push((session) => deleteSlice(session, table.table, `${table.time} < $1`, [new Date(bound)]));
    };
    for (const [i, level] of LEVELS.entries()) {
      const kept = keptAs(level.widthMs);
      const isRolledUp = i < LEVELS.length - 1;
      const bound = isRolledUp ? Math.min(bounds[kept], pending) : bounds[kept];
      for (const table of tablesOf(level, STEP_MS[kept])) clean(table, bound);
    }
    clean(EVENTS, bounds.events);
    if (bounds.hours > -Infinity)
      plan.push(...WITH_HOURS.map((history) => ofHistory(history, versionIds, bounds.hours)));
  }
  return plan;
}

function byKey(table: KeyedTable, keys: readonly number[], bound: number): CleanUp[] {
  const groups = Array.from({ length: Math.ceil(keys.length / KEYS_AT_ONCE) }, (_, i) =>
    keys.slice(i * KEYS_AT_ONCE, (i + 1) * KEYS_AT_ONCE),
  );
  return groups.map((group) => (session) => deleteOldestOfKeys(session, table, group, bound));
}

function ofHistory(
  { table, where }: (typeof WITH_HOURS)[number],
  versionIds: RetentionRule['versionIds'],
  bound: number,
): CleanUp {
  const before = new Date(bound);
  if (versionIds === 'all') return (session) => deleteSlice(session, table, where, [before]);
  const ofVersions = `${where} and ${table}.model_version_id = any($2::text::int[])`;
  return (session) => deleteSlice(session, table, ofVersions, [before, toArrayLiteral(versionIds)]);
}

function tablesOf({ summaries, traffic }: Level, stepMs: number): KeyedTable[] {
  return [
    { table: summaries, key: 'series_id', time: 'window_start', stepMs },
    { table: traffic, key: 'model_version_id', time: 'window_start', stepMs },
  ];
}

async function seriesOf(db: Queryable, versionIds: readonly number[]): Promise<number[]> {
  const rows = await db.query<{ id: number }>(
    'select id from series where model_version_id = any($1::text::int[]) order by id',
    [toArrayLiteral(versionIds)],
  );
  return rows.map(({ id }) => id);
}
