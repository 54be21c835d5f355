import { type SeriesKind, Summary } from '@tidemark/sketch';
import type { AlertMessage } from '../alerting/alert.ts';
import type { ApiSource, SpanQuery } from '../api/api-source.ts';
import { listAgents } from './agents.ts';
import { type Database, toArrayLiteral } from './database.ts';
import { listEvents } from './events.ts';
import { ALL_TIME } from './levels.ts';
import { listVersions } from './models.ts';
import { listOutcomes } from './outcomes.ts';
import { listSeries } from './series.ts';
import { selectPieces, toSummary } from './summaries.ts';

const QUANTILES = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99] as const;
const TOP = 20;

const ROWS_OF_VERSION = (column: string) =>
  `(select coalesce(sum(${column}), 0)::int8 from traffic_pieces(array[v.id], to_timestamp(${ALL_TIME.from / 1000}), to_timestamp(${ALL_TIME.to / 1000}), 86400))`;

/** Answers the API from what the store has of one project; what belongs to another is taken for missing. */
export function createApiReader(db: Database, projectId: number): ApiSource {
  return {
    async models() {
      const rows = await db.query<{ model: string; versions: number; rows: number; last_window: number | null }>(
        `select model, count(*) as versions, sum(${ROWS_OF_VERSION('n_rows')})::int8 as rows, max(last_window) as last_window
         from model_version v where project_id = $1 group by model order by model`,
        [projectId],
      );
      return rows.map((row) => ({ ...row, last_window: isoOrNull(row.last_window) }));
    },

    async versions(model) {
      const versions = await listVersions(db, projectId, model);
      if (versions.length === 0) return null;
      const totals = await db.query<{ id: number; rows: number; errors: number }>(
        `select id, ${ROWS_OF_VERSION('n_rows')} as rows, ${ROWS_OF_VERSION('n_errors')} as errors from model_version v where project_id = $1 and model = $2`,
        [projectId, model],
      );
      const byId = new Map(totals.map((total) => [total.id, total]));
      return versions.map(({ fields: _fields, first_window, last_window, ...version }) => ({
        ...version,
        rows: byId.get(version.id)?.rows ?? 0,
        errors: byId.get(version.id)?.errors ?? 0,
        first_window: isoOrNull(first_window),
        last_window: isoOrNull(last_window),
      }));
    },

    async series(versionId) {
      if (!(await hasVersion(db, projectId, versionId))) return null;
      const rows = await listSeries(db, versionId);
      return rows.map(({ model_version_id: _version, ...series }) => series);
    },

    async windows(seriesId, { from, to, limit, widest }) {
      if (!(await hasSeries(db, projectId, seriesId))) return null;
      const merged = new Map<string, { start: number; widthMs: number; summary: Summary }>();
      for (const row of await selectPieces(db, [seriesId], from, to, { widest, maxWindows: limit })) {
        const widthMs = Math.max(row.widthMs, widest);
        const start = Math.floor(row.window_start / widthMs) * widthMs;
        const earlier = merged.get(`${widthMs}/${start}`);
        if (earlier === undefined) merged.set(`${widthMs}/${start}`, { start, widthMs, summary: toSummary(row) });
        else earlier.summary.merge(toSummary(row));
      }
      const oldestFirst = [...merged.values()].sort((a, b) => a.start - b.start || a.widthMs - b.widthMs);
      return oldestFirst.slice(0, limit).map(windowAnswer);
    },

    async span(seriesId, { from, to }) {
      const kind = await kindOf(db, projectId, seriesId);
      if (kind === null) return null;
      const pieces = await selectPieces(db, [seriesId], from, to, { widest: 86_400_000 });
      const whole = new Summary(kind);
      for (const piece of pieces) whole.merge(toSummary(piece));
      const last = pieces.reduce((end, { window_start, widthMs }) => Math.max(end, window_start + widthMs), -Infinity);
      return {
        from: pieces[0] === undefined ? null : iso(pieces[0].window_start),
        to: last === -Infinity ? null : iso(last),
        ...summaryAnswer(whole),
      };
    },

    async scores(seriesId, span) {
      return (await hasSeries(db, projectId, seriesId)) ? readScores(db, seriesId, span) : null;
    },

    async events(versionId, query) {
      if (!(await hasVersion(db, projectId, versionId))) return null;
      const rows = await listEvents(db, versionId, query);
      return rows.map((row) => ({ ...row, at: iso(row.at) }));
    },

    async outcomes(versionId, query) {
      if (!(await hasVersion(db, projectId, versionId))) return null;
      const rows = await listOutcomes(db, versionId, query);
      return rows.map(({ prediction_id, field, number, text, flag, at, arrived_at }) => ({
        prediction_id,
        field,
        value: number ?? text ?? flag,
        at: iso(at),
        arrived_at: iso(arrived_at),
      }));
    },

    async agents(limit) {
      const rows = await listAgents(db, projectId, limit);
      return rows.map(({ first_seen, last_seen, health, ...row }) => ({
        ...row,
        first_seen: iso(first_seen),
        last_seen: iso(last_seen),
        health: health === null ? null : { ...health, said_at: iso(Date.parse(health.said_at)) },
      }));
    },

    async alerts({ states, model, limit }) {
      const rows = await db.query<AlertRow>(
        `select fingerprint, state, alertname, group_name as "group", v.model, v.version, labels, last_value, tick
         from alert join model_version v on v.id = model_version_id
         where v.project_id = $1 and ($2::text::text[] = '{}' or state = any($2::text::text[]))
           and ($3::text is null or v.model = $3)
         order by tick desc, fingerprint limit $4`,
        [projectId, toArrayLiteral(states), model, limit],
      );
      return rows.map((row) => ({ ...row, tick: iso(row.tick) }));
    },

    async alertEvents(fingerprint, limit) {
      const found = await db.query(
        'select 1 from alert join model_version v on v.id = model_version_id where fingerprint = $1 and project_id = $2',
        [fingerprint, projectId],
      );
      if (found.length === 0) return null;
      const rows = await db.query<EventRow>(
        `select episode, from_state, to_state, reason, tick, value, message,
           coalesce((select jsonb_agg(jsonb_build_object('receiver', receiver, 'state', state, 'attempt', attempt, 'note', note) order by receiver)
             from delivery d where d.fingerprint = e.fingerprint and d.episode = e.episode and d.kind = e.message->>'kind'), '[]') as deliveries
         from alert_event e where fingerprint = $1 order by id desc limit $2`,
        [fingerprint, limit],
      );
      return rows.map((row) => ({ ...row, tick: iso(row.tick) }));
    },
  };
}

type AlertRow = {
  fingerprint: string;
  state: string;
  alertname: string;
  group: string;
  model: string;
  version: string;
  labels: Record<string, string>;
  last_value: number | null;
  tick: number;
};

type EventRow = {
  episode: number;
  from_state: string;
  to_state: string;
  reason: string;
  tick: number;
  value: number | null;
  message: AlertMessage | null;
  deliveries: { receiver: string; state: string; attempt: number; note: string | null }[];
};

async function readScores(db: Database, seriesId: number, { from, to, limit }: SpanQuery) {
  const rows = await db.query<{
    tick: number;
    span_from: number;
    alertname: string;
    measure: string;
    value: number | null;
    health: string;
    samples: number;
    baseline_id: number | null;
    effect: number | null;
    null_multiple: number | null;
    tail: number | null;
    n_ref: number | null;
  }>(
    `select tick, span_from, alertname, measure, value, health, samples, baseline_id,
       effect, null_multiple, tail, n_ref from score
     where series_id = $1 and tick >= $2 and tick < $3 order by tick, alertname limit $4`,
    [seriesId, new Date(from), new Date(to), limit],
  );
  return rows.map((row) => ({ ...row, tick: iso(row.tick), span_from: iso(row.span_from) }));
}

async function hasVersion(db: Database, projectId: number, id: number): Promise<boolean> {
  const rows = await db.query('select 1 from model_version where id = $1 and project_id = $2', [id, projectId]);
  return rows.length > 0;
}

async function hasSeries(db: Database, projectId: number, id: number): Promise<boolean> {
  return (await kindOf(db, projectId, id)) !== null;
}

/** Kind of a series of the project; null where it has none of that number. */
async function kindOf(db: Database, projectId: number, id: number): Promise<SeriesKind | null> {
  const rows = await db.query<{ kind: SeriesKind }>(
    'select kind from series s join model_version v on v.id = s.model_version_id where s.id = $1 and project_id = $2',
    [id, projectId],
  );
  return rows[0]?.kind ?? null;
}

function windowAnswer({ start, widthMs, summary }: { start: number; widthMs: number; summary: Summary }) {
  return { start: iso(start), width_seconds: widthMs / 1000, ...summaryAnswer(summary) };
}

/** What a summary comes to for people. */
function summaryAnswer(summary: Summary) {
  const { kinds, kind } = summary;
  const isNumber = kind === 'number' && kinds.valid > 0;
  const quantiles = isNumber ? summary.digest.quantiles(QUANTILES) : [];
  return {
    valid: kinds.valid,
    missing: kinds.missing,
    nan: kinds.nan,
    infinite: kinds.positiveInfinity + kinds.negativeInfinity,
    wrong_type: kinds.wrongType,
    out_of_range: kinds.outOfRange,
    unseen: kinds.unseen,
    min: isNumber ? summary.moments.min : null,
    max: isNumber ? summary.moments.max : null,
    mean: isNumber ? summary.moments.mean : null,
    quantiles: isNumber ? Object.fromEntries(QUANTILES.map((q, i) => [`p${q * 100}`, quantiles[i] as number])) : null,
    correlation: kind === 'pair' && !Number.isNaN(summary.pairs.correlation) ? summary.pairs.correlation : null,
    top:
      kind === 'category'
        ? summary.categories
            .entries()
            .slice(0, TOP)
            .map(({ key, count }) => ({ key, count }))
        : null,
  };
}

function iso(time: number): string {
  return new Date(time).toISOString();
}

function isoOrNull(time: number | null): string | null {
  return time === null ? null : iso(time);
}
