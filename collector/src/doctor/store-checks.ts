import type { Database } from '../store/database.ts';
import { type Backlog, countSeries, listOrphans, readBacklog, readSpan } from '../store/examine/contents.ts';
import { checkSketches } from '../store/examine/sketches.ts';
import {
  listForbiddenTables,
  listInvalidObjects,
  listSequencesBehind,
  readTableRows,
  type TableRows,
} from '../store/examine/tables.ts';
import { type Check, fine, type Verdict, warning, wrong } from './check.ts';

/** A database at this program's schema. `isDeep`: everything is read, not a sample; `now` in ms. */
export type Store = { readonly database: Database; readonly isDeep: boolean; readonly now: () => number };

/** A model has hundreds of fields and some dozens of slices; beyond this somebody has made names of values. */
const MANY_SERIES = 10_000;
/** Deliveries are tried again within minutes. */
const OVERDUE_MS = 10 * 60_000;
const DAY_MS = 86_400_000;
/** An agent keeps 32 MiB by default; half of that waiting says that it cannot get rid of it. */
const MANY_QUEUED_BYTES = 16 * 1024 * 1024;
/** A vacuum comes by itself at a fifth of the rows; twice that, and not few, says that none comes. */
const DEAD_SHARE = 0.4;
const MANY_DEAD = 100_000;
/** As far as a window may lie ahead and still be taken. */
const MAX_AHEAD_MS = 5 * 60_000 + 3_600_000;

/** What can be looked at once the tables are there. */
export const STORE_CHECKS: readonly Check<Store>[] = [
  {
    name: 'rights',
    advice:
      'Let the user of database_url select, insert, update and delete in every table: grant all on all tables in schema public.',
    run: async ({ database }) =>
      listVerdict(await listForbiddenTables(database), 'may read and write every table', 'may not read and write'),
  },
  {
    name: 'sequences',
    advice: `New rows would collide. Move each on: select setval(pg_get_serial_sequence('TABLE', 'COLUMN'), (select max(COLUMN) from TABLE)).`,
    run: async ({ database }) =>
      listVerdict(await listSequencesBehind(database), 'are ahead of every row', 'are behind their rows'),
  },
  {
    name: 'indexes',
    advice:
      'An index that was not built to its end serves nobody: reindex index NAME. A constraint: alter table … validate constraint NAME.',
    run: async ({ database }) =>
      listVerdict(await listInvalidObjects(database), 'indexes and constraints are whole', 'not valid'),
  },
  {
    name: 'references',
    advice:
      'Somebody has deleted rows by hand. Alerts and scores of what is gone can be deleted too; nothing else needs them.',
    run: async ({ database, isDeep }) =>
      listVerdict(await listOrphans(database, isDeep), 'lead to rows that are there', 'lead nowhere'),
  },
  {
    name: 'windows',
    advice:
      'Look at the clocks of the agents (GET /api/v1/agents): a window ahead of time is judged only when that time has come.',
    run: async ({ database, now }) => judgeSpan(await readSpan(database), now()),
  },
  {
    name: 'series',
    advice: 'Take identifiers out of fields, categories and slices; each series costs a row a window.',
    run: async ({ database }) => {
      const counts = await countSeries(database);
      const many = counts.filter(({ series }) => series > MANY_SERIES);
      const [most] = counts;
      if (most === undefined) return fine('none yet');
      if (many.length === 0) return fine(`at most ${most.series} of a model version (${most.model} ${most.version})`);
      return warning(many.map(({ model, version, series }) => `${series} of ${model} ${version}`).join(', '));
    },
  },
  {
    name: 'sketches',
    advice:
      'Bytes have changed on the disk. Restore a backup; where there is none, delete the rows named, which no rule can judge.',
    run: async ({ database, isDeep }) => {
      const { checked, damaged, named } = await checkSketches(database, isDeep);
      const detail = `${checked} decoded${isDeep ? '' : ', a sample (all with --deep)'}`;
      return damaged === 0 ? fine(detail) : wrong(`${damaged} of ${detail} are damaged: ${named.join('; ')}`);
    },
  },
  {
    name: 'backlog',
    advice: 'Look at the collector: is it running, does it reach its receivers, is the database too slow for it?',
    run: async ({ database, now }) => judgeBacklog(await readBacklog(database, now() - OVERDUE_MS, now() - DAY_MS)),
  },
  {
    name: 'dead rows',
    advice: 'Let autovacuum run, or run vacuum yourself.',
    run: async ({ database }) => judgeDeadRows(await readTableRows(database)),
  },
];

function listVerdict(list: readonly string[], good: string, bad: string): Verdict {
  return list.length === 0 ? fine(good) : wrong(`${bad}: ${list.join(', ')}`);
}

/** Judges the event time of what is stored against the time it is. */
export function judgeSpan(
  { from, to }: { readonly from: number | null; readonly to: number | null },
  now: number,
): Verdict {
  if (from === null || to === null) return fine('none yet');
  const detail = `from ${new Date(from).toISOString()} to ${new Date(to).toISOString()}`;
  return to > now + MAX_AHEAD_MS ? warning(`${detail}, which is yet to come`) : fine(detail);
}

/** Judges what waits. */
export function judgeBacklog({ overdue, refused, agents, queuedBatches, queuedBytes }: Backlog): Verdict {
  const detail = `${agents} agents heard of in a day have ${queuedBatches} batches waiting; ${overdue} deliveries are overdue, ${refused} were refused in a day`;
  return overdue + refused > 0 || queuedBytes > MANY_QUEUED_BYTES * Math.max(agents, 1)
    ? warning(detail)
    : fine(detail);
}

/** Judges whether what is deleted makes room again. */
export function judgeDeadRows(tables: readonly TableRows[]): Verdict {
  const full = tables.filter(({ live, dead }) => dead > MANY_DEAD && dead > DEAD_SHARE * (live + dead));
  if (full.length === 0) return fine('few beside those that live');
  return warning(full.map(({ name, live, dead }) => `${name}: ${dead} dead beside ${live}`).join(', '));
}
