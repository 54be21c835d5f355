-- Series of vectors: what is kept of them are their projections, a digest for the norm, the pooled values and each direction.
-- The columns q05 to q99, vmin and vmax of such a series are those of the norm.

alter table series drop constraint series_kind_check;
alter table series add constraint series_kind_check check (kind in ('number', 'category', 'vector'));
alter table baseline_series drop constraint baseline_series_kind_check;
alter table baseline_series add constraint baseline_series_kind_check check (kind in ('number', 'category', 'vector'));

alter table summary_1m add column projections bytea;
alter table summary_1h add column projections bytea;
alter table baseline_series add column projections bytea;
