import { STRATA } from '@tidemark/proto';
import Type from 'typebox';
import { MODEL_SETTINGS } from '../agent-settings/check.ts';

/** Times in answers are ISO 8601 in UTC. */
const Time = Type.String({ format: 'date-time', description: 'ISO 8601, UTC' });
const Nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

export const ModelAnswer = Type.Object({
  model: Type.String(),
  versions: Type.Integer({ description: 'How many versions have been seen.' }),
  rows: Type.Integer({ description: 'Inferences stored, over all versions.' }),
  last_window: Nullable(Time),
});

export const VersionAnswer = Type.Object({
  id: Type.Integer(),
  model: Type.String(),
  version: Type.String(),
  dataset: Nullable(Type.Object({ uri: Type.String(), from: Type.String(), to: Type.String() })),
  git_commit: Nullable(Type.String()),
  artifact_sha256: Nullable(Type.String()),
  tags: Type.Record(Type.String(), Type.String()),
  rows: Type.Integer({ description: 'Inferences stored.' }),
  errors: Type.Integer({ description: 'Inferences that ended in an error.' }),
  first_window: Nullable(Time),
  last_window: Nullable(Time),
});

export const SeriesAnswer = Type.Object({
  id: Type.Integer(),
  stage: Type.String(),
  field: Type.String(),
  slice: Type.String(),
  kind: Type.Union([Type.Literal('number'), Type.Literal('category'), Type.Literal('vector'), Type.Literal('pair')]),
});

/** What a summary comes to for people. */
const SUMMARY = {
  valid: Type.Integer(),
  missing: Type.Integer(),
  nan: Type.Integer(),
  infinite: Type.Integer(),
  wrong_type: Type.Integer(),
  out_of_range: Type.Integer(),
  unseen: Type.Integer(),
  min: Nullable(Type.Number()),
  max: Nullable(Type.Number()),
  mean: Nullable(Type.Number()),
  correlation: Nullable(Type.Number({ description: 'Of a pair of fields: how they go together, -1 to 1.' })),
  quantiles: Nullable(Type.Record(Type.String(), Type.Number())),
  top: Nullable(Type.Array(Type.Object({ key: Type.String(), count: Type.Integer() }))),
};

export const WindowAnswer = Type.Object({ start: Time, width_seconds: Type.Integer(), ...SUMMARY });

/** What is kept of a series over a span, as one. */
export const SpanAnswer = Type.Object({
  from: Type.Union([Time, Type.Null()], { description: 'Start of the first window; null where there is none.' }),
  to: Type.Union([Time, Type.Null()], { description: 'End of the last window.' }),
  ...SUMMARY,
});

export const ScoreAnswer = Type.Object({
  tick: Time,
  span_from: Time,
  alertname: Type.String(),
  measure: Type.String(),
  value: Nullable(Type.Number()),
  health: Type.String({ description: 'ok, insufficient, nodata or error' }),
  samples: Type.Integer({ description: 'Values, or rows, of the window' }),
  baseline_id: Nullable(Type.Integer()),
  effect: Nullable(
    Type.Number({
      description:
        'Of a rule with a budget: the value, in standard deviations of the baseline where its unit is that of the field',
    }),
  ),
  null_multiple: Nullable(
    Type.Number({
      description: 'How many times what chance does in one window of twenty; null where it was not asked',
    }),
  ),
  tail: Nullable(
    Type.Number({ description: 'The probability of it or more by chance; null where chance was not asked' }),
  ),
  n_ref: Nullable(Type.Integer({ description: 'Values, or rows, of the baseline' })),
});

export const AlertAnswer = Type.Object({
  fingerprint: Type.String(),
  state: Type.String({ description: 'inactive, pending, firing, recovering or resolved' }),
  alertname: Type.String(),
  group: Type.String(),
  model: Type.String(),
  version: Type.String(),
  labels: Type.Record(Type.String(), Type.String()),
  last_value: Nullable(Type.Number()),
  tick: Time,
});

export const AlertEventAnswer = Type.Object({
  episode: Type.Integer(),
  from_state: Type.String(),
  to_state: Type.String(),
  reason: Type.String(),
  tick: Time,
  value: Nullable(Type.Number()),
  message: Nullable(Type.Record(Type.String(), Type.Unknown())),
  deliveries: Type.Array(
    Type.Object({
      receiver: Type.String(),
      state: Type.String(),
      attempt: Type.Integer(),
      note: Nullable(Type.String()),
    }),
  ),
});

export const EventAnswer = Type.Object({
  at: Time,
  stratum: Type.String({ description: `Why it was kept: ${STRATA.join(', ')}` }),
  weight: Type.Number({ description: 'How many inferences of its stratum it stands for.' }),
  slice: Type.String(),
  latency_ms: Type.Number(),
  failed: Type.Boolean(),
  prediction_id: Nullable(Type.String()),
  values: Type.Record(Type.String(), Type.Record(Type.String(), Type.Unknown()), {
    description: 'By stage and field; null = it was missing.',
  }),
  violations: Type.Array(
    Type.Object({ check: Type.String(), stage: Type.String(), field: Type.String(), action: Type.String() }),
  ),
  trace_id: Nullable(Type.String()),
  span_id: Nullable(Type.String()),
});

export const OutcomeAnswer = Type.Object({
  prediction_id: Type.String(),
  field: Type.String(),
  value: Type.Unknown({ description: 'A number, a text or a truth value; null = it is missing.' }),
  at: Type.String({ format: 'date-time', description: 'When it became known, ISO 8601, UTC' }),
  arrived_at: Time,
});

export const AgentAnswer = Type.Object({
  source: Type.String({ description: 'Names one start of an agent.' }),
  service: Type.String(),
  host: Type.String(),
  pid: Type.Integer(),
  thread_id: Type.Integer({ description: 'Of a worker thread; 0 = the main thread.' }),
  agent_version: Type.String(),
  first_seen: Time,
  last_seen: Time,
  health: Nullable(
    Type.Object({
      captured: Type.Integer({ description: 'Inferences: captured = sent + dropped + pending.' }),
      sent: Type.Integer(),
      pending: Type.Integer(),
      dropped: Type.Integer(),
      cpu_ms: Type.Number({ description: "CPU time of the agent's own work outside of wrapped calls." }),
      bytes_sent: Type.Integer(),
      queue_bytes: Type.Integer(),
      queue_batches: Type.Integer(),
      event_loop_delay_p99_ms: Type.Number(),
      clock_skew_ms: Type.Integer({ description: "The agent's clock less the collector's." }),
      settings_revision: Type.Integer({ description: 'Revision of the settings it goes by; 0 = none.' }),
      said_at: Time,
    }),
  ),
  losses: Type.Array(
    Type.Object({
      model: Type.String(),
      version: Type.String(),
      reason: Type.String(),
      count: Type.Integer({ description: 'Inferences.' }),
    }),
  ),
});

export const SettingsAnswer = Type.Object({
  revision: Type.Integer({ description: 'Rises with every change; 0 = nothing was ever set.' }),
  changed_at: Nullable(Time),
  changed_by: Nullable(Type.String()),
  settings: MODEL_SETTINGS,
});

export const ConflictAnswer = Type.Object({
  error: Type.String(),
  message: Type.String(),
  revision: Type.Integer({ description: 'The one that is there.' }),
});

export const KeptAnswer = Type.Object({ kept: Type.Integer() });

/** Everything that is wrong with a body, each with its way into it, such as `[3, "predictionId"]`. */
export const MistakesAnswer = Type.Object({
  error: Type.String(),
  message: Type.String(),
  mistakes: Type.Optional(
    Type.Array(
      Type.Object({
        path: Type.Array(Type.Union([Type.Integer(), Type.String()])),
        message: Type.String(),
      }),
    ),
  ),
});

export const ErrorAnswer = Type.Object({ error: Type.String(), message: Type.String() });

export type Answer<T extends Type.TSchema> = Type.Static<T>;
