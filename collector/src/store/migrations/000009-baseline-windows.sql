-- Baselines are revised under one name, know the span they are of, and keep their windows.

alter table baseline
  -- 1, 2, … under one name. Rules go by the pinned one, else by the newest.
  add column revision int not null default 1 check (revision > 0),
  add column pinned boolean not null default false,
  -- Event time, where it is known: the span, and the spans in it that were left out, [[from, to], …] in ms.
  add column span_from timestamptz,
  add column span_to timestamptz,
  add column masks jsonb not null default '[]',
  -- How wide its windows are; null = it has none.
  add column window_s int check (window_s > 0),
  drop constraint baseline_model_version_id_name_key,
  add unique (model_version_id, name, revision);
create unique index baseline_pinned on baseline (model_version_id, name) where pinned;

-- What the series of a baseline were in each of its windows: how much they vary by themselves.
create table baseline_window (
  baseline_id int not null,
  model_version_id int not null references model_version on delete cascade,
  stage text not null,
  field text not null,
  window_start timestamptz not null,
  kinds jsonb not null,
  digest bytea,
  moments bytea,
  categories bytea,
  projections bytea,
  primary key (baseline_id, stage, field, window_start),
  foreign key (baseline_id, stage, field) references baseline_series (baseline_id, stage, field) on delete cascade
);
