import type { PlainHealth } from '@tidemark/proto';
import type { AgentNote } from '../ingest/ingest-store.ts';
import { type Queryable, toJson } from './database.ts';

/** An agent as SQL answers it; times in ms. `health` is null where it has said nothing of itself. */
export type AgentRow = {
  readonly source: string;
  readonly service: string;
  readonly host: string;
  readonly pid: number;
  readonly thread_id: number;
  readonly agent_version: string;
  readonly first_seen: number;
  readonly last_seen: number;
  readonly health: HealthRow | null;
  readonly losses: { model: string; version: string; reason: string; count: number }[];
};

type HealthRow = Readonly<Record<(typeof HEALTH_COLUMNS)[number], number>> & {
  /** ISO 8601, as JSON has it. */
  readonly said_at: string;
};

const HEALTH_COLUMNS = [
  'captured',
  'sent',
  'pending',
  'dropped',
  'cpu_ms',
  'bytes_sent',
  'queue_bytes',
  'queue_batches',
  'event_loop_delay_p99_ms',
  'clock_skew_ms',
  'settings_revision',
] as const;

/** Notes that agents are alive and who they are. */
export async function noteAgents(tx: Queryable, notes: readonly AgentNote[]): Promise<void> {
  if (notes.length === 0) return;
  const rows = notes.map(({ projectId, source, agent: { service, host, pid, agentVersion, threadId } }) => {
    return { j: projectId, s: source, n: service, h: host, p: pid, a: agentVersion, t: threadId };
  });
  await tx.query(
    `insert into agent (project_id, source, service, host, pid, agent_version, thread_id)
     select j, s, n, h, p, a, t from jsonb_to_recordset($1::text::jsonb) as r (j int, s uuid, n text, h text, p int, a text, t int)
     order by j, s
     on conflict (project_id, source) do update set last_seen = now()`,
    [toJson(rows)],
  );
}

/** Keeps what agents say of themselves. A batch that was long under way says less than what is there already. */
export async function noteHealth(tx: Queryable, notes: readonly AgentNote[]): Promise<void> {
  const rows = notes.flatMap((note) => (note.health === null ? [] : [toHealthRow(note, note.health)]));
  if (rows.length === 0) return;
  const columns = HEALTH_COLUMNS.join(', ');
  await tx.query(
    `insert into agent_health (project_id, source, sequence, ${columns})
     select project_id, source, sequence, ${columns} from jsonb_populate_recordset(null::agent_health, $1::text::jsonb)
     order by project_id, source
     on conflict (project_id, source) do update set
       sequence = excluded.sequence, ${HEALTH_COLUMNS.map((column) => `${column} = excluded.${column}`).join(', ')},
       said_at = now()
     where excluded.sequence > agent_health.sequence`,
    [toJson(rows)],
  );
}

function toHealthRow({ projectId, source, sequence, settingsRevision }: AgentNote, health: PlainHealth) {
  const { captured, sent, pending, dropped } = health;
  const columns: Omit<HealthRow, 'said_at'> = {
    captured,
    sent,
    pending,
    dropped,
    cpu_ms: health.cpuMs,
    bytes_sent: health.bytesSent,
    queue_bytes: health.queueBytes,
    queue_batches: health.queueBatches,
    event_loop_delay_p99_ms: health.eventLoopDelayP99Ms,
    clock_skew_ms: health.clockSkewMs,
    settings_revision: settingsRevision,
  };
  return { project_id: projectId, source, sequence, ...columns };
}

/**
 * Agents of a project with their health and everything they could not keep, the ones heard of last first. An agent's own
 * row is not written with every batch (`ingest/agent-notes`), so what it said of itself is a sign of life too.
 */
export function listAgents(db: Queryable, projectId: number, limit: number): Promise<AgentRow[]> {
  return db.query<AgentRow>(
    `select a.source::text, service, host, pid, thread_id, agent_version, first_seen, greatest(last_seen, said_at) as last_seen,
       case when h.source is not null then to_jsonb(h) - 'project_id' - 'source' - 'sequence' end as health,
       coalesce((select jsonb_agg(jsonb_build_object('model', v.model, 'version', v.version, 'reason', reason, 'count', n_rows)
           order by v.model, v.version, reason)
         from loss join model_version v on v.id = loss.model_version_id where loss.source = a.source and v.project_id = a.project_id), '[]') as losses
     from agent a left join agent_health h on h.project_id = a.project_id and h.source = a.source
     where a.project_id = $1 order by greatest(last_seen, said_at) desc, a.source limit $2`,
    [projectId, limit],
  );
}
