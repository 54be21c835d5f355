import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Column } from './column.ts';

type Source = { readonly name: string; readonly file: string; readonly key: string };

const SOURCES: readonly Source[] = [
  { name: 'flights delay', file: 'flights-200k.json', key: 'delay' },
  { name: 'flights distance', file: 'flights-200k.json', key: 'distance' },
  { name: 'movies IMDB rating', file: 'movies.json', key: 'IMDB Rating' },
  { name: 'movies gross', file: 'movies.json', key: 'Worldwide Gross' },
];

export const REAL_NAMES: readonly string[] = SOURCES.map(({ name }) => name);

/** Columns of vega-datasets, whole up to n values a variant; shorter ones are fed at their own length, never repeated. */
export function realColumns(names: readonly string[], n: number): { columns: Column[]; missing: string | null } {
  const sources = SOURCES.filter(({ name }) => names.includes(name));
  if (sources.length === 0) return { columns: [], missing: null };
  const folder = dataFolder();
  if (folder === null) return { columns: [], missing: 'vega-datasets is not installed: no real columns were measured' };
  const tables = new Map<string, readonly Readonly<Record<string, unknown>>[]>();
  const columns = sources.map(({ name, file, key }): Column => {
    const rows =
      tables.get(file) ?? (JSON.parse(readFileSync(join(folder, file), 'utf8')) as Record<string, unknown>[]);
    tables.set(file, rows);
    const values = Float64Array.from(rows.map((row) => row[key]).filter((cell) => typeof cell === 'number'));
    return { name, traits: ['real'], variants: cut(values, n) };
  });
  return { columns, missing: null };
}

/** Consecutive parts of n values, or the whole when it is shorter. */
function cut(values: Float64Array, n: number): Float64Array[] {
  if (values.length <= n) return [values];
  const parts: Float64Array[] = [];
  for (let from = 0; from + n <= values.length; from += n) parts.push(values.slice(from, from + n));
  return parts;
}

function dataFolder(): string | null {
  try {
    // The package's front door lies in build/, its data beside that.
    return join(dirname(createRequire(import.meta.url).resolve('vega-datasets')), '..', 'data');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return null;
    throw error;
  }
}
