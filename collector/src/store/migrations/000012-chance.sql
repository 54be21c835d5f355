-- Where scores stand in what chance does; null for rules without a budget. The values of the window are `samples`.
alter table score
  -- The score, in standard deviations of the baseline where its unit is the values' own.
  add column effect float8,
  -- The score over what one window of twenty exceeds by chance, and how probable it or more is by chance; null where chance was not asked.
  add column null_multiple float8,
  add column tail float8,
  -- Values of the baseline.
  add column n_ref int8;
