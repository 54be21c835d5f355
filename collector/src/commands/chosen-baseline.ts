import { CollectorError } from '../errors.ts';
import { didYouMean } from '../near-name.ts';
import type { BaselineRow } from '../store/baselines.ts';

/** A baseline as people name it; the newest version and the revision in use where they do not say. */
type Wanted = {
  readonly name: string;
  readonly version?: string | undefined;
  readonly revision?: string | undefined;
};

/**
 * The baseline that is meant, of rows that are newest first.
 * @throws {CollectorError} `BASELINE_INVALID` where there is none, or of several models.
 */
export function chosenBaseline(rows: readonly BaselineRow[], { name, version, revision }: Wanted): BaselineRow {
  const named = rows.filter((row) => row.name === name && (version === undefined || row.version === version));
  const models = [...new Set(named.map(({ model }) => model))];
  if (models.length > 1) {
    const text = `there are baselines named ${name} of ${models.join(', ')}: say which with --model`;
    throw new CollectorError('BASELINE_INVALID', text);
  }
  const newest = named.find((row) => (revision === undefined ? row.in_use : String(row.revision) === revision));
  if (newest !== undefined) return newest;
  const known = new Set(rows.map((row) => row.name));
  const what = [name, version && `of version ${version}`, revision && `with revision ${revision}`]
    .filter(Boolean)
    .join(' ');
  const hint = known.has(name) ? '' : didYouMean(name, known);
  throw new CollectorError('BASELINE_INVALID', `there is no baseline ${what}${hint}; tidemark baseline list shows all`);
}
