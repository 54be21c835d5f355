-- Baselines, scores, the life of alerts, and what is to be told to whom.

create table baseline (
  id int generated always as identity primary key,
  model_version_id int not null references model_version on delete cascade,
  name text not null check (name <> ''),
  source text not null,
  n_rows int8 not null,
  created_at timestamptz not null default now(),
  unique (model_version_id, name)
);

create table baseline_series (
  baseline_id int not null references baseline on delete cascade,
  model_version_id int not null references model_version on delete cascade,
  stage text not null,
  field text not null,
  kind text not null check (kind in ('number', 'category')),
  kinds jsonb not null,
  digest bytea,
  moments bytea,
  categories bytea,
  -- Edges or keys fixed at creation: live data never re-bins.
  bins jsonb not null,
  primary key (baseline_id, stage, field)
);

-- How far the rules of a group have been judged: the end of the last span, in event time.
create table rule_group (
  name text primary key,
  last_tick timestamptz not null
);

create table score (
  fingerprint text not null,
  tick timestamptz not null,
  model_version_id int not null references model_version on delete cascade,
  series_id int,
  alertname text not null,
  measure text not null,
  value float8,
  health text not null,
  samples int8 not null,
  baseline_id int,
  span_from timestamptz not null,
  primary key (fingerprint, tick)
);
create index score_by_series on score (series_id, tick);

create table alert (
  fingerprint text primary key,
  model_version_id int not null references model_version on delete cascade,
  series_id int,
  group_name text not null,
  alertname text not null,
  labels jsonb not null,
  state text not null,
  -- The whole state of the machine; `state` above is its name.
  machine jsonb not null,
  last_value float8,
  -- What people were told last, to be told again with the end of it.
  message jsonb,
  tick timestamptz not null
);
create index alert_by_state on alert (state) where state <> 'inactive';

create table alert_event (
  id int8 generated always as identity primary key,
  fingerprint text not null,
  model_version_id int not null references model_version on delete cascade,
  episode int not null,
  from_state text not null,
  to_state text not null,
  reason text not null,
  tick timestamptz not null,
  value float8,
  -- What people are told, where the change is worth telling.
  message jsonb
);
create index alert_event_by_alert on alert_event (fingerprint, tick);

create table delivery (
  id int8 generated always as identity primary key,
  model_version_id int not null references model_version on delete cascade,
  receiver text not null,
  dedup_key text not null,
  fingerprint text not null,
  episode int not null,
  kind text not null check (kind in ('firing', 'resolved')),
  message jsonb not null,
  state text not null default 'due' check (state in ('due', 'sent', 'refused')),
  attempt int not null default 0,
  created_at timestamptz not null default now(),
  next_attempt_at timestamptz not null default now(),
  -- While this lies ahead, a sender has it in hand.
  claimed_until timestamptz,
  done_at timestamptz,
  note text,
  unique (receiver, fingerprint, episode, kind)
);
create index delivery_due on delivery (next_attempt_at) where state = 'due';
