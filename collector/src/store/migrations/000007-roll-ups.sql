-- Windows of hours and days made of finer ones, and which of them have to be made anew.

create table summary_1d (like summary_1h including all);
alter table summary_1d
  add foreign key (series_id, model_version_id) references series (id, model_version_id) on delete cascade;
create table traffic_1d (like traffic_1h including all);
alter table traffic_1d add foreign key (model_version_id) references model_version on delete cascade;

-- Part 0 of a coarse window holds what was rolled up from finer ones. A bucket that stands here holds less than they do:
-- whoever writes a finer window says so in the same transaction, and only what makes the bucket anew takes the mark away.
-- Each collector has marks of its own, so that no two wait for each other.
create table rollup_dirty (
  model_version_id int not null references model_version on delete cascade,
  bucket timestamptz not null,
  -- Of the bucket: 3600 or 86400.
  width_s int not null check (width_s in (3600, 86400)),
  part int not null,
  since timestamptz not null default now(),
  primary key (model_version_id, bucket, width_s, part)
);

-- What was stored before there were roll-ups.
insert into rollup_dirty (model_version_id, bucket, width_s, part)
  select distinct model_version_id, date_bin('1 hour', window_start, 'epoch'), 3600, 0 from traffic_1m;
insert into rollup_dirty (model_version_id, bucket, width_s, part)
  select distinct model_version_id, date_bin('1 day', window_start, 'epoch'), 86400, 0
  from (select model_version_id, window_start from traffic_1m union all select model_version_id, window_start from traffic_1h) as w;

-- The buckets of a width (seconds) in [span_from, span_to) that cannot be answered by a roll-up: those that have to be made
-- anew, those with something finer in them that has to be, and those that the span cuts in two.
create function rollup_gaps(version_ids int[], span_from timestamptz, span_to timestamptz, width int)
returns table (model_version_id int, bucket timestamptz)
language sql stable parallel safe
as $$
  select d.model_version_id, date_bin(make_interval(secs => width), d.bucket, 'epoch')
  from rollup_dirty d
  where d.model_version_id = any(version_ids) and d.width_s <= width
    and d.bucket >= date_bin(make_interval(secs => width), span_from, 'epoch') and d.bucket < span_to
  union
  select v, date_bin(make_interval(secs => width), cut, 'epoch')
  from unnest(version_ids) as v, unnest(array[span_from, span_to]) as cut
  where cut <> date_bin(make_interval(secs => width), cut, 'epoch')
$$;

-- The windows of series that start in [span_from, span_to), each value in one row: days where they lie wholly in the span and
-- are up to date, else hours, else minutes. `widest` (60, 3600 or 86400) forbids coarser ones; windows that came from agents are
-- always there. Windows past the retention of their width are gone, so what cuts such an hour or day in two lacks its part of it.
create function summary_pieces(series_ids int[], span_from timestamptz, span_to timestamptz, widest int)
returns table (width_s int, series_id int, model_version_id int, window_start timestamptz, part int, rev int,
  n_valid int8, n_missing int8, n_nan int8, n_pos_inf int8, n_neg_inf int8, n_type int8, n_range int8, n_unseen int8,
  vmin float8, vmax float8, vmean float8, q05 float8, q25 float8, q50 float8, q75 float8, q95 float8, q99 float8,
  digest bytea, moments bytea, categories bytea, projections bytea, topk jsonb)
language sql stable parallel safe
as $$
  with chosen as (
    select s.id, s.model_version_id from series s where s.id = any(series_ids)
  ), versions as (
    select array_agg(distinct c.model_version_id) as ids from chosen c
  ), hour_gaps as materialized (
    select g.* from versions, rollup_gaps(versions.ids, span_from, span_to, 3600) g where widest >= 3600
  ), day_gaps as materialized (
    select g.* from versions, rollup_gaps(versions.ids, span_from, span_to, 86400) g where widest >= 86400
  )
  select 60, m.series_id, m.model_version_id, m.window_start, m.part, m.rev,
    m.n_valid, m.n_missing, m.n_nan, m.n_pos_inf, m.n_neg_inf, m.n_type, m.n_range, m.n_unseen,
    m.vmin, m.vmax, m.vmean, m.q05, m.q25, m.q50, m.q75, m.q95, m.q99, m.digest, m.moments, m.categories, m.projections, m.topk
  from summary_1m m
  where widest = 60 and m.series_id = any(series_ids) and m.window_start >= span_from and m.window_start < span_to
  union all
  select 60, m.series_id, m.model_version_id, m.window_start, m.part, m.rev,
    m.n_valid, m.n_missing, m.n_nan, m.n_pos_inf, m.n_neg_inf, m.n_type, m.n_range, m.n_unseen,
    m.vmin, m.vmax, m.vmean, m.q05, m.q25, m.q50, m.q75, m.q95, m.q99, m.digest, m.moments, m.categories, m.projections, m.topk
  from hour_gaps g join chosen c on c.model_version_id = g.model_version_id
  cross join lateral (
    select * from summary_1m x
    where x.series_id = c.id and x.window_start >= greatest(g.bucket, span_from)
      and x.window_start < least(g.bucket + interval '1 hour', span_to)
  ) m
  union all
  select 3600, h.series_id, h.model_version_id, h.window_start, h.part, h.rev,
    h.n_valid, h.n_missing, h.n_nan, h.n_pos_inf, h.n_neg_inf, h.n_type, h.n_range, h.n_unseen,
    h.vmin, h.vmax, h.vmean, h.q05, h.q25, h.q50, h.q75, h.q95, h.q99, h.digest, h.moments, h.categories, h.projections, h.topk
  from summary_1h h
  where widest < 86400 and h.series_id = any(series_ids) and h.window_start >= span_from and h.window_start < span_to
    and (h.part > 0 or (widest = 3600 and not exists (
      select 1 from hour_gaps g where g.model_version_id = h.model_version_id and g.bucket = h.window_start)))
  union all
  select 3600, h.series_id, h.model_version_id, h.window_start, h.part, h.rev,
    h.n_valid, h.n_missing, h.n_nan, h.n_pos_inf, h.n_neg_inf, h.n_type, h.n_range, h.n_unseen,
    h.vmin, h.vmax, h.vmean, h.q05, h.q25, h.q50, h.q75, h.q95, h.q99, h.digest, h.moments, h.categories, h.projections, h.topk
  from day_gaps g join chosen c on c.model_version_id = g.model_version_id
  cross join lateral (
    select * from summary_1h x
    where x.series_id = c.id and x.window_start >= greatest(g.bucket, span_from)
      and x.window_start < least(g.bucket + interval '1 day', span_to)
      and (x.part > 0 or not exists (
        select 1 from hour_gaps y where y.model_version_id = c.model_version_id and y.bucket = x.window_start))
  ) h
  union all
  select 86400, d.series_id, d.model_version_id, d.window_start, d.part, d.rev,
    d.n_valid, d.n_missing, d.n_nan, d.n_pos_inf, d.n_neg_inf, d.n_type, d.n_range, d.n_unseen,
    d.vmin, d.vmax, d.vmean, d.q05, d.q25, d.q50, d.q75, d.q95, d.q99, d.digest, d.moments, d.categories, d.projections, d.topk
  from summary_1d d
  where widest = 86400 and d.series_id = any(series_ids) and d.window_start >= span_from and d.window_start < span_to
    and not exists (select 1 from day_gaps g where g.model_version_id = d.model_version_id and g.bucket = d.window_start)
$$;

-- The same of the traffic of model versions.
create function traffic_pieces(version_ids int[], span_from timestamptz, span_to timestamptz, widest int)
returns table (width_s int, model_version_id int, window_start timestamptz, part int, n_rows int8, n_errors int8)
language sql stable parallel safe
as $$
  with hour_gaps as materialized (
    select * from rollup_gaps(version_ids, span_from, span_to, 3600) where widest >= 3600
  ), day_gaps as materialized (
    select * from rollup_gaps(version_ids, span_from, span_to, 86400) where widest >= 86400
  )
  select 60, m.model_version_id, m.window_start, m.part, m.n_rows, m.n_errors
  from traffic_1m m
  where widest = 60 and m.model_version_id = any(version_ids) and m.window_start >= span_from and m.window_start < span_to
  union all
  select 60, m.model_version_id, m.window_start, m.part, m.n_rows, m.n_errors
  from hour_gaps g cross join lateral (
    select * from traffic_1m x
    where x.model_version_id = g.model_version_id and x.window_start >= greatest(g.bucket, span_from)
      and x.window_start < least(g.bucket + interval '1 hour', span_to)
  ) m
  union all
  select 3600, h.model_version_id, h.window_start, h.part, h.n_rows, h.n_errors
  from traffic_1h h
  where widest < 86400 and h.model_version_id = any(version_ids) and h.window_start >= span_from and h.window_start < span_to
    and (h.part > 0 or (widest = 3600 and not exists (
      select 1 from hour_gaps g where g.model_version_id = h.model_version_id and g.bucket = h.window_start)))
  union all
  select 3600, h.model_version_id, h.window_start, h.part, h.n_rows, h.n_errors
  from day_gaps g cross join lateral (
    select * from traffic_1h x
    where x.model_version_id = g.model_version_id and x.window_start >= greatest(g.bucket, span_from)
      and x.window_start < least(g.bucket + interval '1 day', span_to)
      and (x.part > 0 or not exists (
        select 1 from hour_gaps y where y.model_version_id = g.model_version_id and y.bucket = x.window_start))
  ) h
  union all
  select 86400, d.model_version_id, d.window_start, d.part, d.n_rows, d.n_errors
  from traffic_1d d
  where widest = 86400 and d.model_version_id = any(version_ids) and d.window_start >= span_from and d.window_start < span_to
    and not exists (select 1 from day_gaps g where g.model_version_id = d.model_version_id and g.bucket = d.window_start)
$$;
