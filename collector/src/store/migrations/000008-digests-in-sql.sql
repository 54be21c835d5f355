-- Digests in plain SQL, for a person in psql: what is in one, and quantiles and shares of any number of them together. The
-- collector itself reads them in Node, an order of magnitude faster. The byte forms are described in
-- sketch/src/digest-bytes.ts and digest-bytes-v1.ts, the curve in sketch/src/curve.ts; a test holds both sides together.
--
-- PostgreSQL refuses to overflow and to underflow where IEEE 754 answers Infinity or 0; these four do as IEEE 754.

create function tidemark_plus(a float8, b float8) returns float8
language sql immutable parallel safe
-- Less than 2^970 is lost on the largest number there is; halves of numbers above 1 are exact.
return case when a > 1 and b >= 2 ^ 970::float8 and a / 2 + b / 2 >= 2 ^ 1023::float8 then 'Infinity' else a + b end;

create function tidemark_distance(low float8, high float8) returns float8
language sql immutable parallel safe
return case when low < -1 and high > 1 and high / 2 - low / 2 >= 2 ^ 1023::float8 then 'Infinity' else high - low end;

-- A part (0 to 1) of a finite distance; a part below 1e-150 is none.
create function tidemark_part_of(distance float8, part float8) returns float8
language sql immutable parallel safe
return case
  when part < 1e-150 then 0
  when distance >= 1e-150 then distance * part
  -- Half of the smallest number and less rounds to 0.
  when distance * 2 ^ 600::float8 * part <= 2 ^ -475::float8 then 0
  else distance * 2 ^ 600::float8 * part * 2 ^ -600::float8
end;

-- Which part of a finite distance has been gone; a part below 1e-30 is none.
create function tidemark_part_gone(distance float8, gone float8) returns float8
language sql immutable parallel safe
return case when distance > 1e-290 and gone < distance * 1e-30 then 0 else gone / distance end;

-- Refuses a digest in a way that lets its row be found.
create function tidemark_refuse_digest(digest bytea, fault text) returns void
language plpgsql immutable parallel safe as $$
begin
  raise exception 'digest: %', fault using
    errcode = 'invalid_binary_representation',
    detail = format('It has %s bytes and begins with %s.', length(digest), substring(digest for 16)),
    hint = format('Find its row by: where sha256(digest) = ''%s''', sha256(digest));
end
$$;

-- An integer of 1 to 7 bytes, the lowest of them at `at`, the others `stride` apart.
create function tidemark_integer(digest bytea, at int, stride int, width int) returns int8
language sql immutable parallel safe
return get_byte(digest, at)::int8 + case when width < 2 then 0 else
  (get_byte(digest, at + stride) << 8) + case when width < 3 then 0 else
    (get_byte(digest, at + 2 * stride) << 16) + case when width < 4 then 0 else
      (get_byte(digest, at + 3 * stride)::int8 << 24) + case when width < 5 then 0 else
        (get_byte(digest, at + 4 * stride)::int8 << 32) + case when width < 6 then 0 else
          (get_byte(digest, at + 5 * stride)::int8 << 40) + case when width < 7 then 0 else
            (get_byte(digest, at + 6 * stride)::int8 << 48)
          end end end end end end;

-- The `n` floats of 4 or 8 bytes (IEEE 754) in byte planes from `at` on; NaN for each that is not finite.
create function tidemark_floats(digest bytea, at int, n int, width int) returns float8[]
language plpgsql immutable parallel safe as $$
declare
  floats float8[] := '{}';
  top int;
  exponent int;
  fraction float8;
  value float8;
begin
  for i in at .. at + n - 1 loop
    top := get_byte(digest, i + (width - 1) * n);
    if width = 4 then
      exponent := ((top & 127) << 1) | (get_byte(digest, i + 2 * n) >> 7);
      fraction := (tidemark_integer(digest, i, n, 3) & 8388607) * 2 ^ -23::float8;
      value := case exponent when 255 then 'NaN' when 0 then fraction * 2 ^ -126::float8
        else (1 + fraction) * 2 ^ (exponent - 127)::float8 end;
    else
      exponent := ((top & 127) << 4) | (get_byte(digest, i + 6 * n) >> 4);
      fraction := (tidemark_integer(digest, i, n, 7) & 4503599627370495) * 2 ^ -52::float8;
      value := case exponent when 2047 then 'NaN' when 0 then fraction * 2 ^ -1022::float8
        else (1 + fraction) * 2 ^ (exponent - 1023)::float8 end;
    end if;
    floats[i - at + 1] := case when top > 127 then -value else value end;
  end loop;
  return floats;
end
$$;

create function tidemark_is_number(value float8) returns boolean
language sql immutable parallel safe
return value > '-Infinity' and value < 'Infinity' and float8send(value) <> '\x8000000000000000';

-- What is wrong with a size rule by code, or null; one of its own is two floats at `at`.
create function tidemark_rule_fault(digest bytea, code int, at int) returns text
language sql immutable parallel safe
return case
  when code < 2 then null
  when code = 3 then 'unknown size rule'
  when length(digest) < at + 16 then 'ends too soon'
  when (tidemark_floats(digest, at, 1, 8))[1] not between 0.002 and 0.5
    or (tidemark_floats(digest, at + 8, 1, 8))[1] not between 0.02 and 1 then 'size rule out of range'
end;

-- What is wrong with the `n` bits at `at` that tell the atoms, or null.
create function tidemark_bits_fault(digest bytea, at int, n int) returns text
language sql immutable parallel safe
return case
  when n > 1024 then n || ' centroids'
  when length(digest) < at + (n + 7) / 8 then 'ends too soon'
  when n % 8 > 0 and get_byte(digest, at + n / 8) >> (n % 8) > 0 then 'bits beyond the last centroid'
  when n > 0 and (get_bit(digest, 8 * at) = 0 or get_bit(digest, 8 * at + n - 1) = 0)
    then 'first or last centroid that is no atom'
end;

create function tidemark_size_fault(digest bytea, size int) returns text
language sql immutable parallel safe
return case
  when length(digest) < size then 'ends too soon'
  when length(digest) > size then length(digest) - size || ' bytes too many'
end;

-- What of the promises of a centroid is broken, given the one before it, or null.
create function tidemark_centroid_fault(mean_before float8, atom_before boolean, mean float8, weight float8, atom boolean)
returns text
language sql immutable parallel safe
return case
  when mean is null then 'miscounted escapes'
  when not tidemark_is_number(mean) then 'mean that is infinite, NaN or -0'
  when not (mean > mean_before or mean = mean_before and not atom_before) then 'means out of order'
  when weight < 1 then 'centroid without weight'
  when weight = 1 and not atom then 'single value that is no atom'
end;

create function tidemark_total_fault(weights float8, count float8) returns text
language sql immutable parallel safe
return case
  when weights > 9007199254740991 then 'weights above 2^53 - 1'
  when weights <> count then 'weights that do not add up to the count'
end;

create function tidemark_count(digest bytea) returns int8
language plpgsql immutable strict parallel safe set search_path from current as $$
declare
  version int := case when length(digest) > 0 then get_byte(digest, 0) end;
  -- Where the count begins: of version 1 behind two bytes less, but two floats follow it.
  at int := case version when 1 then 4 else 5 end;
begin
  if version not in (1, 2) then
    perform tidemark_refuse_digest(digest, format('version %s, expected 1 or 2: written by a newer release?', version));
  elsif version is null or length(digest) < (case version when 1 then 28 else 13 end) then
    perform tidemark_refuse_digest(digest, 'ends too soon');
  elsif get_byte(digest, at + 7) > 0 or tidemark_integer(digest, at, 1, 7) > 9007199254740991 then
    perform tidemark_refuse_digest(digest, 'count above 2^53 - 1');
  end if;
  return tidemark_integer(digest, at, 1, 7);
end
$$;
comment on function tidemark_count(bytea) is 'How many values a digest has counted; reads no further than its header.';

-- Version 1, no longer written.
create function tidemark_centroids_v1(digest bytea) returns table (mean float8, weight float8, atom boolean)
language plpgsql immutable strict parallel safe as $$
declare
  count int8 := tidemark_count(digest);
  flags int := get_byte(digest, 1);
  n int := tidemark_integer(digest, 2, 1, 2);
  minimum float8 := (tidemark_floats(digest, 12, 1, 8))[1];
  maximum float8 := (tidemark_floats(digest, 20, 1, 8))[1];
  weight_width int := flags >> 4;
  atom_width int := case when flags & 4 > 0 then 4 else 8 end;
  plain_width int := case when flags & 8 > 0 then 4 else 8 end;
  bits_at int := case when flags & 3 = 2 then 44 else 28 end;
  atoms_at int := bits_at + (n + 7) / 8;
  plains_at int;
  weights_at int;
  atoms float8[];
  plains float8[];
  -- Means of 4 bytes are offsets.
  origin float8 := case when flags & 8 > 0 then minimum else 0 end;
  atoms_read int := 0;
  plains_read int := 0;
  total float8 := 0;
  is_atom boolean;
  next_mean float8;
  fault text;
begin
  fault := case
    when not tidemark_is_number(minimum) or not tidemark_is_number(maximum) then 'number that is infinite, NaN or -0'
    when flags & 3 > 1 and tidemark_rule_fault(digest, flags & 3, 28) is not null
      then tidemark_rule_fault(digest, flags & 3, 28)
    when n = 0 and (count > 0 or minimum <> 0 or maximum <> 0 or flags > 3) then 'empty, yet not all zero'
    when n > 0 and weight_width not between 1 and 7 then 'weights of no known width'
    else tidemark_bits_fault(digest, bits_at, n)
  end;
  if fault is not null then
    perform tidemark_refuse_digest(digest, fault);
  end if;
  plains_at := atoms_at + bit_count(substring(digest from bits_at + 1 for (n + 7) / 8)) * atom_width;
  weights_at := plains_at + (n - (plains_at - atoms_at) / atom_width) * plain_width;
  fault := tidemark_size_fault(digest, weights_at + n * weight_width);
  if fault is not null then
    perform tidemark_refuse_digest(digest, fault);
  end if;
  atoms := tidemark_floats(digest, atoms_at, (plains_at - atoms_at) / atom_width, atom_width);
  plains := tidemark_floats(digest, plains_at, (weights_at - plains_at) / plain_width, plain_width);
  mean := '-Infinity';
  for i in 0 .. n - 1 loop
    is_atom := get_bit(digest, 8 * bits_at + i) = 1;
    if is_atom then
      atoms_read := atoms_read + 1;
      next_mean := atoms[atoms_read];
    else
      plains_read := plains_read + 1;
      next_mean := origin + plains[plains_read];
    end if;
    weight := tidemark_integer(digest, weights_at + i, n, weight_width);
    fault := tidemark_centroid_fault(mean, atom, next_mean, weight, is_atom);
    if fault is null and (i = 0 and next_mean <> minimum or i = n - 1 and next_mean <> maximum) then
      fault := 'means that do not reach from minimum to maximum';
    end if;
    if fault is not null then
      perform tidemark_refuse_digest(digest, fault);
    end if;
    mean := next_mean;
    atom := is_atom;
    total := total + weight;
    return next;
  end loop;
  fault := tidemark_total_fault(total, count);
  if fault is not null then
    perform tidemark_refuse_digest(digest, fault);
  end if;
end
$$;

-- One pass in which every statement costs some 50 ns a centroid. Tried and slower: queries over generate_series for each
-- plane (a query costs as much as 100 centroids), window functions over all digests at once, and arrays as the answer.
create function tidemark_centroids(digest bytea) returns table (mean float8, weight float8, atom boolean)
language plpgsql immutable strict parallel safe rows 200 set search_path from current as $$
declare
  count int8 := tidemark_count(digest);
  flags int;
  n int;
  bits_at int;
  atoms int;
  plains int;
  atom_width int;
  atom_weight_width int;
  plain_weight_width int;
  exponent int := 0;
  escapes int := 0;
  -- 2^(exponent - 10): the mantissas of codes are whole numbers from 1024 to 2047.
  unit float8;
  codes_at int;
  escapes_at int;
  atom_weights_at int;
  plain_weights_at int;
  atom_means float8[];
  escape_means float8[];
  atoms_read int := 0;
  escapes_read int := 0;
  total float8 := 0;
  is_atom boolean;
  code int;
  next_mean float8;
  fault text;
begin
  if get_byte(digest, 0) = 1 then
    return query select * from tidemark_centroids_v1(digest);
    return;
  end if;
  flags := get_byte(digest, 1);
  n := tidemark_integer(digest, 3, 1, 2);
  bits_at := case when flags & 3 = 2 then 29 else 13 end;
  fault := case
    when flags > 7 then 'unknown flags'
    when flags & 3 > 1 and tidemark_rule_fault(digest, flags & 3, 13) is not null
      then tidemark_rule_fault(digest, flags & 3, 13)
    when n = 0 and (count > 0 or flags > 3) then 'empty, yet not all zero'
    else tidemark_bits_fault(digest, bits_at, n)
  end;
  if fault is not null then
    perform tidemark_refuse_digest(digest, fault);
  end if;

  atoms := bit_count(substring(digest from bits_at + 1 for (n + 7) / 8));
  plains := n - atoms;
  atom_width := case when flags & 4 > 0 then 4 else 8 end;
  atom_weight_width := get_byte(digest, 2) & 15;
  plain_weight_width := get_byte(digest, 2) >> 4;
  codes_at := bits_at + (n + 7) / 8 + atoms * atom_width;
  if plains > 0 then
    codes_at := codes_at + 4;
    if length(digest) < codes_at then
      perform tidemark_refuse_digest(digest, 'ends too soon');
    end if;
    exponent := tidemark_integer(digest, codes_at - 4, 1, 2);
    exponent := case when exponent < 32768 then exponent else exponent - 65536 end;
    escapes := tidemark_integer(digest, codes_at - 2, 1, 2);
  end if;
  escapes_at := codes_at + 2 * plains;
  atom_weights_at := escapes_at + 8 * escapes;
  plain_weights_at := atom_weights_at + atoms * atom_weight_width;
  fault := case
    when atom_weight_width > 7 or (atom_weight_width = 0) <> (atoms = 0)
      or plain_weight_width > 7 or (plain_weight_width = 0) <> (plains = 0) then 'weights of no known width'
    when exponent not between -1063 and 961 then 'exponent ' || exponent
    else tidemark_size_fault(digest, plain_weights_at + plains * plain_weight_width)
  end;
  if fault is not null then
    perform tidemark_refuse_digest(digest, fault);
  end if;

  atom_means := tidemark_floats(digest, bits_at + (n + 7) / 8, atoms, atom_width);
  escape_means := tidemark_floats(digest, escapes_at, escapes, 8);
  -- In two steps, since powers below 2^-1022 are not sure to be exact, or not to be refused.
  unit := 2 ^ (exponent / 2)::float8 * 2 ^ (exponent - exponent / 2 - 10)::float8;
  mean := '-Infinity';
  for i in 8 * bits_at .. 8 * bits_at + n - 1 loop
    is_atom := get_bit(digest, i) = 1;
    if is_atom then
      atoms_read := atoms_read + 1;
      next_mean := atom_means[atoms_read];
      weight := tidemark_integer(digest, atom_weights_at, atoms, atom_weight_width);
      atom_weights_at := atom_weights_at + 1;
    else
      code := get_byte(digest, codes_at) | (get_byte(digest, codes_at + plains) << 8);
      codes_at := codes_at + 1;
      if code < 64512 then
        next_mean := (1024 + (code & 1023)) * (1::int8 << (code >> 10))::float8 * unit;
        next_mean := tidemark_plus(mean, next_mean);
      elsif code = 65535 then
        escapes_read := escapes_read + 1;
        next_mean := escape_means[escapes_read];
      else
        perform tidemark_refuse_digest(digest, 'unknown code of a mean');
      end if;
      weight := tidemark_integer(digest, plain_weights_at, plains, plain_weight_width);
      plain_weights_at := plain_weights_at + 1;
    end if;
    -- What is almost always so; the rest is looked at closely.
    if (next_mean > mean and next_mean < 'Infinity' and next_mean <> 0 and weight > 1) is not true then
      fault := tidemark_centroid_fault(mean, atom, next_mean, weight, is_atom);
      if fault is not null then
        perform tidemark_refuse_digest(digest, fault);
      end if;
    end if;
    mean := next_mean;
    atom := is_atom;
    total := total + weight;
    return next;
  end loop;
  fault := case when escapes_read <> escapes then 'miscounted escapes' else tidemark_total_fault(total, count) end;
  if fault is not null then
    perform tidemark_refuse_digest(digest, fault);
  end if;
end
$$;
comment on function tidemark_centroids(bytea) is
  'What is in a digest, ascending: means, how many values each stands for, and whether all of those are the same (atom).';

-- The centroids of all digests in one row of arrays, ascending: a weight is negative for an atom, a reach is the sum of
-- the weights up to there. Nothing is folded, so this merge adds no error of its own. Digests that are the same are one of
-- more weight, or the same rows scored every night would be a staircase. Nulls where there is nothing.
create function tidemark_merged(digests bytea[]) returns table (means float8[], weights float8[], reaches float8[])
language sql immutable parallel safe rows 1 as $$
  select array_agg(r.mean), array_agg(r.weight), array_agg(r.reach)
  from (
    select s.mean, s.weight, sum(abs(s.weight)) over (order by s.mean, s.weight desc rows unbounded preceding) as reach
    from (
      select c.mean, d.times * case when c.atom then - c.weight else c.weight end as weight
      from (select digest, count(*)::float8 as times from unnest(digests) as digest group by digest) d
      cross join tidemark_centroids(d.digest) c
    ) s
    order by s.mean, s.weight desc
  ) r
$$;

-- The points of the cumulative distribution near centroids `first` to `last`, as in sketch/src/curve.ts: an atom is a
-- vertical step, a plain centroid its mean at the middle of its weight, and an edge towards a neighbour 8 times further
-- away than the other.
create function tidemark_curve(means float8[], weights float8[], reaches float8[], first int, last int)
returns table (x float8, level float8)
language plpgsql immutable parallel safe rows 6 as $$
declare
  below float8;
  above float8;
  weight float8;
begin
  for i in greatest(first, 1) .. least(last, cardinality(means)) loop
    weight := abs(weights[i]);
    x := means[i];
    if weights[i] < 0 then
      level := reaches[i] - weight;
      return next;
      level := reaches[i];
      return next;
    else
      -- The first and the last are atoms, so a plain one has two neighbours.
      below := tidemark_distance(means[i - 1], means[i]);
      above := tidemark_distance(means[i], means[i + 1]);
      if above < 2 ^ 1021::float8 and below > 8 * above then
        x := means[i] - case when weights[i + 1] < 0 then above
          else tidemark_part_of(above, weight / (weight + weights[i + 1])) end;
        level := reaches[i] - weight;
        return next;
      end if;
      x := means[i];
      level := reaches[i] - weight / 2;
      return next;
      if below < 2 ^ 1021::float8 and above > 8 * below then
        x := means[i] + case when weights[i - 1] < 0 then below
          else tidemark_part_of(below, weight / (weight + weights[i - 1])) end;
        level := reaches[i];
        return next;
      end if;
    end if;
  end loop;
end
$$;

create function tidemark_quantiles(digests bytea[], qs float8[]) returns float8[]
language plpgsql immutable strict parallel safe set search_path from current as $$
declare
  means float8[];
  weights float8[];
  reaches float8[];
  total float8;
  q float8;
  low int;
  high int;
  middle int;
  x float8;
  share float8;
  x_before float8;
  share_before float8;
  part float8;
  value float8;
  quantiles float8[] := '{}';
begin
  foreach q in array qs loop
    if q not between 0 and 1 then
      raise exception 'a quantile is asked for a share from 0 to 1, got %', q using errcode = 'numeric_value_out_of_range';
    end if;
  end loop;
  select m.means, m.weights, m.reaches into means, weights, reaches from tidemark_merged(digests) m;
  total := reaches[cardinality(reaches)];
  foreach q in array qs loop
    value := null;
    if q is not null and total is not null then
      -- The first centroid that reaches q.
      low := 1;
      high := cardinality(reaches);
      while low < high loop
        middle := (low + high) / 2;
        if reaches[middle] / total >= q then
          high := middle;
        else
          low := middle + 1;
        end if;
      end loop;
      x_before := null;
      for x, share in select c.x, c.level / total from tidemark_curve(means, weights, reaches, low - 1, low + 1) c loop
        exit when share >= q;
        x_before := x;
        share_before := share;
      end loop;
      if x_before is null or x_before = x then
        value := x;
      else
        part := (q - share_before) / (share - share_before);
        value := tidemark_distance(x_before, x);
        value := case when value < 'Infinity' then x_before + tidemark_part_of(value, part)
          else x_before * (1 - part) + x * part end;
        value := least(value, x);
      end if;
    end if;
    quantiles := array_append(quantiles, value);
  end loop;
  return quantiles;
end
$$;
comment on function tidemark_quantiles(bytea[], float8[]) is
  'The smallest values with at least these shares (0 to 1) of all that the digests have counted at or below them; nulls where they have counted nothing.';

create function tidemark_cdf(digests bytea[], x float8) returns float8
language plpgsql immutable strict parallel safe set search_path from current as $$
declare
  means float8[];
  weights float8[];
  reaches float8[];
  total float8;
  low int := 1;
  high int;
  middle int;
  point_x float8;
  share float8;
  x_before float8;
  share_before float8;
  width float8;
  part float8;
begin
  select m.means, m.weights, m.reaches into means, weights, reaches from tidemark_merged(digests) m;
  if means is null or x = 'NaN' then
    return case when means is not null then x end;
  end if;
  total := reaches[cardinality(reaches)];
  -- The first centroid above x.
  high := cardinality(means) + 1;
  while low < high loop
    middle := (low + high) / 2;
    if means[middle] > x then
      high := middle;
    else
      low := middle + 1;
    end if;
  end loop;
  if low = 1 then
    return 0;
  end if;
  for point_x, share in select c.x, c.level / total from tidemark_curve(means, weights, reaches, low - 1, low) c loop
    exit when point_x > x;
    x_before := point_x;
    share_before := share;
  end loop;
  if point_x <= x or x_before = x then
    return share_before;
  end if;
  width := tidemark_distance(x_before, point_x);
  part := case when width < 'Infinity' then tidemark_part_gone(width, x - x_before)
    -- Next to such a distance a number below 1 is none, and its half may be too small for PostgreSQL.
    else (case when abs(x) < 1 then 0 else x / 2 end - x_before / 2) / (point_x / 2 - x_before / 2) end;
  return least(share_before + part * (share - share_before), share);
end
$$;
comment on function tidemark_cdf(bytea[], float8) is
  'The share (0 to 1) of all that the digests have counted that is <= x; null where they have counted nothing.';

create function tidemark_quantile(digests bytea[], q float8) returns float8
language sql immutable strict parallel safe
return (tidemark_quantiles(digests, array[q]))[1];
comment on function tidemark_quantile(bytea[], float8) is
  'The smallest value with at least this share (0 to 1) of all that the digests have counted at or below it; null where they have counted nothing.';

-- Of one digest: of each window by itself.
create function tidemark_quantile(digest bytea, q float8) returns float8
language sql immutable strict parallel safe
return (tidemark_quantiles(array[digest], array[q]))[1];

create function tidemark_quantiles(digest bytea, qs float8[]) returns float8[]
language sql immutable strict parallel safe
return tidemark_quantiles(array[digest], qs);

create function tidemark_cdf(digest bytea, x float8) returns float8
language sql immutable strict parallel safe
return tidemark_cdf(array[digest], x);

-- Of a group, in the form of percentile_cont: only so can array_append itself gather the digests. A function of ours would
-- copy all that has been gathered with every row.
create aggregate tidemark_quantile(float8 order by bytea) (
  sfunc = array_append,
  stype = bytea[],
  finalfunc = tidemark_quantile,
  parallel = safe
);
comment on aggregate tidemark_quantile(float8 order by bytea) is
  'tidemark_quantile(0.95) within group (order by digest): the quantile of all that the digests have counted together.';

create aggregate tidemark_quantiles(float8[] order by bytea) (
  sfunc = array_append,
  stype = bytea[],
  finalfunc = tidemark_quantiles,
  parallel = safe
);
comment on aggregate tidemark_quantiles(float8[] order by bytea) is
  'tidemark_quantiles(array[0.5, 0.95]) within group (order by digest): several quantiles at the price of one.';

create aggregate tidemark_cdf(float8 order by bytea) (
  sfunc = array_append,
  stype = bytea[],
  finalfunc = tidemark_cdf,
  parallel = safe
);
comment on aggregate tidemark_cdf(float8 order by bytea) is
  'tidemark_cdf(250) within group (order by digest): the share of all that the digests have counted together that is <= 250.';

-- The windows of some series that start in [span_from, span_to), as agents sent them: every value is in one of them, and what
-- was rolled up from them (part 0) is not among them. One statement without more, so that the planner sees through it to the keys of the tables.
create function stored_windows(series_ids int[], span_from timestamptz, span_to timestamptz)
returns table (
  series_id int, window_start timestamptz, width interval, part int,
  n_valid int8, n_missing int8, n_nan int8, n_pos_inf int8, n_neg_inf int8, n_type int8, n_range int8, n_unseen int8,
  vmin float8, vmax float8, vmean float8, q05 float8, q25 float8, q50 float8, q75 float8, q95 float8, q99 float8,
  digest bytea, topk jsonb
)
language sql stable parallel safe as $$
  select s.series_id, s.window_start, interval '1 minute', s.part,
    s.n_valid, s.n_missing, s.n_nan, s.n_pos_inf, s.n_neg_inf, s.n_type, s.n_range, s.n_unseen,
    s.vmin, s.vmax, s.vmean, s.q05, s.q25, s.q50, s.q75, s.q95, s.q99, s.digest, s.topk
  from summary_1m s
  where s.series_id = any (series_ids) and s.window_start >= span_from and s.window_start < span_to
  union all
  select s.series_id, s.window_start, interval '1 hour', s.part,
    s.n_valid, s.n_missing, s.n_nan, s.n_pos_inf, s.n_neg_inf, s.n_type, s.n_range, s.n_unseen,
    s.vmin, s.vmax, s.vmean, s.q05, s.q25, s.q50, s.q75, s.q95, s.q99, s.digest, s.topk
  from summary_1h s
  where s.series_id = any (series_ids) and s.window_start >= span_from and s.window_start < span_to and s.part > 0
$$;

create view series_windows as
  select p.name as project, v.model, v.version, s.stage, s.field, s.slice, s.kind, w.*
  from series s
  join model_version v on v.id = s.model_version_id
  join project p on p.id = v.project_id
  cross join stored_windows(array[s.id], '-infinity', 'infinity') w;
comment on view series_windows is
  'Every window of every series as it was sent, by name. A window that several runs of a collector wrote to has a row for each (part): add up the counts, merge the digests.';

create function tidemark_series_quantiles(
  model text, version text, stage text, field text, span_from timestamptz, span_to timestamptz, qs float8[],
  slice text default '', project text default 'default'
)
returns table (q float8, value float8)
language plpgsql stable strict parallel safe set search_path from current as $$
declare
  series_ids int[];
begin
  select array_agg(s.id) into series_ids
  from series s
  join model_version v on v.id = s.model_version_id
  join project p on p.id = v.project_id
  where v.model = $1 and v.version = $2 and s.stage = $3 and s.field = $4 and s.slice = $8 and p.name = $9;
  if series_ids is null then
    raise exception 'no series % % of model % version %, slice "%", project %', stage, field, model, version, slice, project using
      errcode = 'no_data_found',
      hint = 'What there is: select distinct project, model, version, stage, field, slice from series_windows';
  end if;
  return query
    select unnest(qs), unnest(tidemark_quantiles(array_agg(w.digest), qs))
    from summary_pieces(series_ids, span_from, span_to, 86400) w;
end
$$;
comment on function tidemark_series_quantiles(text, text, text, text, timestamptz, timestamptz, float8[], text, text) is
  'Quantiles of one series over the windows that start in [span_from, span_to), from roll-ups where they fit; null where it counted nothing.';
