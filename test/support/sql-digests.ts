import assert from 'node:assert/strict';
import { Digest, SketchError } from '@tidemark/sketch';
import { type Database, toArrayLiteral } from '../../collector/src/store/database.ts';
import { Curve } from '../../sketch/src/curve.ts';

/** What comes of reading bytes as a digest: its centroids, ascending, or `null` where they are refused. */
export type Reading = { readonly mean: number[]; readonly weight: number[]; readonly atom: boolean[] } | null;

/** What TypeScript reads. */
export function readInNode(bytes: Uint8Array): Reading {
  try {
    const { mean, weight, atom } = Digest.fromBytes(bytes).centroids();
    return { mean: [...mean], weight: [...weight], atom: [...atom].map((is) => is === 1) };
  } catch (error) {
    assert.ok(error instanceof SketchError);
    return null;
  }
}

/** What SQL reads, and in `faults` why it refused. */
export async function readInSql(
  database: Database,
  digests: readonly Uint8Array[],
): Promise<{ readings: Reading[]; faults: (string | null)[] }> {
  await database.query(
    `create or replace function try_centroids(digest bytea, out centroids text, out fault text) language plpgsql as $$
     begin
       select json_build_object('mean', coalesce(json_agg(mean), '[]'), 'weight', coalesce(json_agg(weight), '[]'),
         'atom', coalesce(json_agg(atom), '[]')) into centroids from tidemark_centroids(digest);
     exception when invalid_binary_representation then
       fault := sqlerrm;
     end $$`,
  );
  const rows = await database.query<{ centroids: string | null; fault: string | null }>(
    `select t.centroids, t.fault from unnest($1::text::bytea[]) with ordinality as d (digest, place), try_centroids(d.digest) t
     order by d.place`,
    [toArrayLiteral(digests)],
  );
  return {
    readings: rows.map(({ centroids }) => (centroids === null ? null : (JSON.parse(centroids) as Reading))),
    faults: rows.map(({ fault }) => fault),
  };
}

/** Quantiles and shares of digests together, as SQL gives them. */
export async function mergedInSql(
  database: Database,
  digests: readonly Uint8Array[],
  qs: readonly number[],
  xs: readonly number[] = [],
): Promise<{ quantiles: (number | null)[]; shares: (number | null)[] }> {
  const [row] = await database.query<{ quantiles: string; shares: string | null }>(
    `select to_json(tidemark_quantiles($1::text::bytea[], $2::text::float8[]))::text as quantiles,
       (select json_agg(tidemark_cdf($1::text::bytea[], x) order by place)::text
        from unnest($3::text::float8[]) with ordinality as t (x, place)) as shares`,
    [toArrayLiteral(digests), toArrayLiteral(qs), toArrayLiteral(xs)],
  );
  return { quantiles: JSON.parse(row!.quantiles), shares: JSON.parse(row!.shares ?? '[]') };
}

/** The curve through the centroids of all digests, none of them folded; what is the same twice has twice the weight. */
export function curveOfAll(digests: readonly Uint8Array[]): Curve {
  const times = new Map<string, number>();
  for (const bytes of digests) {
    const hex = Buffer.from(bytes).toString('hex');
    times.set(hex, (times.get(hex) ?? 0) + 1);
  }
  const pairs = [...times].flatMap(([hex, count]) => {
    const { mean, weight, atom } = Digest.fromBytes(Buffer.from(hex, 'hex')).centroids();
    return Array.from(mean, (x, i) => [x, (atom[i] === 1 ? -1 : 1) * count * (weight[i] as number)] as const);
  });
  pairs.sort((a, b) => a[0] - b[0] || b[1] - a[1]);
  const total = pairs.reduce((sum, [, weight]) => sum + Math.abs(weight), 0);
  return new Curve({ pairs: Float64Array.from(pairs.flat()), length: pairs.length }, total);
}
