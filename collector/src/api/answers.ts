import Type from 'typebox';

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
  kind: Type.Union([Type.Literal('number'), Type.Literal('category'), Type.Literal('vector')]),
});

export const WindowAnswer = Type.Object({
  start: Time,
  width_seconds: Type.Integer(),
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
  quantiles: Nullable(Type.Record(Type.String(), Type.Number())),
  top: Nullable(Type.Array(Type.Object({ key: Type.String(), count: Type.Integer() }))),
});

export const ScoreAnswer = Type.Object({
  tick: Time,
  span_from: Time,
  alertname: Type.String(),
  measure: Type.String(),
  value: Nullable(Type.Number()),
  health: Type.String({ description: 'ok, insufficient, nodata or error' }),
  samples: Type.Integer(),
  baseline_id: Nullable(Type.Integer()),
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

export const ErrorAnswer = Type.Object({ error: Type.String(), message: Type.String() });

export type Answer<T extends Type.TSchema> = Type.Static<T>;
