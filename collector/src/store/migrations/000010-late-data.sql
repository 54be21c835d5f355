-- What late data changes is judged again.

-- The furthest tick of any group of a project that somebody has begun to judge. Whoever stores windows holds it (for share) until
-- its commit, and whoever judges moves it on before reading: so a window is seen by a tick, or its writer knows that it is late.
create table judging_frontier (
  project_id int primary key references project on delete cascade,
  tick timestamptz not null
);
insert into judging_frontier (project_id, tick)
  select p.id, coalesce(max(g.last_tick), '-infinity') from project p left join rule_group g on g.project_id = p.id group by p.id;

-- From when on (start of the oldest late window) ticks have to be judged again. Each collector has a row of its own.
create table late_data (
  project_id int not null references project on delete cascade,
  part int not null,
  since timestamptz not null,
  first_noted_at timestamptz not null default now(),
  noted_at timestamptz not null default clock_timestamp(),
  primary key (project_id, part)
);

-- The alerts of a group as they were after a tick, to begin from when ticks after it are judged again.
create table judged_state (
  project_id int not null references project on delete cascade,
  group_name text not null,
  tick timestamptz not null,
  alerts jsonb not null,
  primary key (project_id, group_name, tick)
);

-- When late data changed the row; null where it stands as it was first judged.
alter table score add column amended_at timestamptz;
alter table alert_event add column amended_at timestamptz;
