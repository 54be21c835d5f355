-- Inferences kept whole, what turned out to be true of them, what agents say of themselves and what they are to go by.

-- The key begins with what is asked for: a model version and a span of time. On TimescaleDB it has to hold the time.
create table event (
  model_version_id int not null references model_version on delete cascade,
  -- Event time.
  at timestamptz not null,
  -- The batch that brought it and the place in that: an event that comes again is known again.
  source uuid not null,
  sequence int8 not null,
  ordinal int not null,
  stratum text not null check (stratum in ('sample', 'violation', 'low-confidence', 'slow', 'error')),
  -- How many inferences of its stratum it stands for.
  weight float8 not null,
  slice text not null,
  latency_ms float8 not null,
  failed boolean not null,
  prediction_id text,
  -- {"stage": {"field": value}}; null = it was missing.
  values jsonb not null,
  -- [{"check", "stage", "field", "action"}]
  violations jsonb not null,
  trace_id text,
  span_id text,
  primary key (model_version_id, at, source, sequence, ordinal)
);
create index event_by_prediction on event (model_version_id, prediction_id) where prediction_id is not null;
create index event_by_time on event using brin (at);

create table outcome (
  model_version_id int not null references model_version on delete cascade,
  prediction_id text not null,
  field text not null,
  -- One of them has the value; none = it is missing.
  number float8,
  text text,
  flag boolean,
  -- When it became known; a later one takes the place of an earlier one.
  at timestamptz not null,
  arrived_at timestamptz not null default now(),
  primary key (model_version_id, prediction_id, field),
  check (num_nonnulls(number, text, flag) <= 1)
);
create index outcome_by_version_and_time on outcome (model_version_id, at);
create index outcome_by_time on outcome using brin (at);

alter table agent add column thread_id int not null default 0;

-- What an agent said of itself last; since its start unless said.
create table agent_health (
  source uuid primary key references agent on delete cascade,
  -- Of the batch that said so.
  sequence int8 not null,
  captured int8 not null,
  sent int8 not null,
  pending int8 not null,
  dropped int8 not null,
  cpu_ms float8 not null,
  bytes_sent int8 not null,
  queue_bytes int8 not null,
  queue_batches int8 not null,
  event_loop_delay_p99_ms float8 not null,
  clock_skew_ms int8 not null,
  settings_revision int8 not null,
  said_at timestamptz not null default now()
);
create index loss_by_source on loss (source);

-- Every change of what agents are to go by; of each model version the newest counts. Revisions come from one sequence
-- and are taken under a lock, so that whoever has seen a revision has seen all before it.
create table agent_settings (
  revision int8 generated always as identity primary key,
  model_version_id int not null references model_version on delete cascade,
  -- {"bounds": [{"stage", "field", "min", "max", "values"}], "confidenceFloor", "eventShare"}
  settings jsonb not null,
  changed_at timestamptz not null default now(),
  changed_by text not null
);
-- A store in the place of another must not begin below the revisions that agents know.
select setval(pg_get_serial_sequence('agent_settings', 'revision'), extract(epoch from now())::int8);
create index agent_settings_by_version on agent_settings (model_version_id, revision desc);
