-- Model versions, their series, and the summaries of each series by window.
-- Every row that holds data names its model version, by constraint.

create table model_version (
  id int generated always as identity primary key,
  model text not null check (model <> ''),
  version text not null check (version <> ''),
  dataset jsonb,
  git_commit text,
  artifact_sha256 text,
  tags jsonb not null default '{}',
  fields jsonb not null default '[]',
  -- Event time: start of the first window, end of the last.
  first_window timestamptz,
  last_window timestamptz,
  created_at timestamptz not null default now(),
  unique (model, version)
);

create table series (
  id int generated always as identity primary key,
  model_version_id int not null references model_version on delete cascade,
  stage text not null,
  field text not null,
  slice text not null default '',
  kind text not null check (kind in ('number', 'category')),
  created_at timestamptz not null default now(),
  unique (model_version_id, stage, field, slice),
  -- Lets every row below prove that its series belongs to its model version.
  unique (id, model_version_id)
);

-- One row for each start of a collector. Its id is the `part` of what that run writes: it owns those
-- rows alone, so that no two collectors ever read, change and write the same row.
create table collector (
  id int generated always as identity primary key,
  boot_id uuid not null unique,
  host text not null,
  started_at timestamptz not null default now()
);

create table summary_1m (
  series_id int not null,
  model_version_id int not null,
  window_start timestamptz not null,
  part int not null,
  rev int not null,
  n_valid int8 not null,
  n_missing int8 not null,
  n_nan int8 not null,
  n_pos_inf int8 not null,
  n_neg_inf int8 not null,
  n_type int8 not null,
  n_range int8 not null,
  n_unseen int8 not null,
  vmin float8,
  vmax float8,
  vmean float8,
  q05 float8,
  q25 float8,
  q50 float8,
  q75 float8,
  q95 float8,
  q99 float8,
  digest bytea,
  moments bytea,
  categories bytea,
  -- The most frequent categories, for people and plain SQL: {"key": count}.
  topk jsonb,
  primary key (series_id, window_start, part),
  foreign key (series_id, model_version_id) references series (id, model_version_id) on delete cascade
);

create table summary_1h (like summary_1m including all);
alter table summary_1h
  add foreign key (series_id, model_version_id) references series (id, model_version_id) on delete cascade;

-- Inferences of a model version in a window, whether or not they had any fields.
create table traffic_1m (
  model_version_id int not null references model_version on delete cascade,
  window_start timestamptz not null,
  part int not null,
  rev int not null,
  n_rows int8 not null,
  n_errors int8 not null,
  primary key (model_version_id, window_start, part)
);

create table traffic_1h (like traffic_1m including all);
alter table traffic_1h add foreign key (model_version_id) references model_version on delete cascade;

-- Batches that are in; makes a second delivery of one harmless.
create table ingest_batch (
  source uuid not null,
  seq int8 not null,
  received_at timestamptz not null default now(),
  primary key (source, seq)
);

-- What agents could not keep, by reason.
create table loss (
  model_version_id int not null references model_version on delete cascade,
  source uuid not null,
  reason text not null,
  n_rows int8 not null,
  last_at timestamptz not null default now(),
  primary key (model_version_id, source, reason)
);

create table agent (
  source uuid primary key,
  service text not null,
  host text not null,
  pid int not null,
  agent_version text not null,
  first_seen timestamptz not null default now(),
  last_seen timestamptz not null default now()
);
