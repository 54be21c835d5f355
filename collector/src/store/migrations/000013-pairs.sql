-- Series of pairs: two numbers that came together, of which is kept how they go together: count, means, spreads and products, as
-- bytes in the column moments.

alter table series drop constraint series_kind_check;
alter table series add constraint series_kind_check check (kind in ('number', 'category', 'vector', 'pair'));
alter table baseline_series drop constraint baseline_series_kind_check;
alter table baseline_series add constraint baseline_series_kind_check check (kind in ('number', 'category', 'vector', 'pair'));

-- How pairs go together, in plain SQL; a test holds it against TypeScript. The byte form is described in sketch/src/pair-moments.ts.

-- Count, both means, both sums of squared deviations, and the sum of products.
create function tidemark_pair_sums(moments bytea) returns float8[]
language plpgsql immutable strict parallel safe set search_path from current as $$
declare
  sums float8[];
begin
  if length(moments) <> 49 or get_byte(moments, 0) <> 1 then
    raise exception 'pair moments: expected 49 bytes of version 1, got % that begin with %', length(moments), substring(moments for 1)
      using errcode = 'invalid_binary_representation';
  end if;
  sums := array[tidemark_integer(moments, 1, 1, 7)::float8];
  for i in 0..4 loop
    -- One float in planes of one byte is that float as it is.
    sums := sums || tidemark_floats(moments, 9 + 8 * i, 1, 8);
  end loop;
  return sums;
end
$$;

-- PostgreSQL refuses to overflow and to underflow; these two stop at the largest number and at 0.
create function tidemark_bounded_product(a float8, b float8) returns float8
language sql immutable strict parallel safe
return case
  when a = 0 or b = 0 or ln(abs(a)) + ln(abs(b)) < -700 then 0
  when ln(abs(a)) + ln(abs(b)) > 709 then sign(a) * sign(b) * 1.7976931348623157e308
  else a * b
end;

create function tidemark_bounded_sum(a float8, b float8) returns float8
language sql immutable strict parallel safe
return case
  -- Halves underflow only below 1, where nothing overflows.
  when abs(a) < 1 or abs(b) < 1 then a + b
  when abs(a / 2 + b / 2) >= 2 ^ 1023::float8 then sign(a) * 1.7976931348623157e308
  else a + b
end;

create function tidemark_correlation(moments bytea[]) returns float8
language plpgsql immutable parallel safe set search_path from current as $$
declare
  one bytea;
  next float8[];
  n float8 := 0;
  x float8 := 0;
  y float8 := 0;
  xx float8 := 0;
  yy float8 := 0;
  xy float8 := 0;
  step_x float8;
  step_y float8;
  share float8;
begin
  foreach one in array coalesce(moments, '{}') loop
    next := tidemark_pair_sums(one);
    continue when next is null or next[1] = 0;
    share := next[1] / (n + next[1]);
    step_x := tidemark_bounded_sum(next[2], -x);
    step_y := tidemark_bounded_sum(next[3], -y);
    xx := tidemark_bounded_sum(tidemark_bounded_sum(xx, next[4]), tidemark_bounded_product(tidemark_bounded_product(step_x, step_x), share * n));
    yy := tidemark_bounded_sum(tidemark_bounded_sum(yy, next[5]), tidemark_bounded_product(tidemark_bounded_product(step_y, step_y), share * n));
    xy := tidemark_bounded_sum(tidemark_bounded_sum(xy, next[6]), tidemark_bounded_product(tidemark_bounded_product(step_x, step_y), share * n));
    x := tidemark_bounded_sum(x, tidemark_bounded_product(step_x, share));
    y := tidemark_bounded_sum(y, tidemark_bounded_product(step_y, share));
    n := n + next[1];
  end loop;
  if n < 2 or xx = 0 or yy = 0 then
    return null;
  end if;
  return greatest(-1, least(1, tidemark_bounded_product(tidemark_bounded_product(xy, 1 / sqrt(xx)), 1 / sqrt(yy))));
end
$$;

create aggregate tidemark_correlation(bytea) (
  sfunc = array_append,
  stype = bytea[],
  finalfunc = tidemark_correlation,
  parallel = safe
);
comment on aggregate tidemark_correlation(bytea) is
  'tidemark_correlation(moments): the correlation of all the pairs of a group; null for fewer than two and where a side is constant.';
