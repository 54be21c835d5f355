import { hushValue } from '../shield.ts';
import type { Series } from '../window/series.ts';
import type { WindowRecord } from '../window/window-record.ts';
import type { ModelVersion } from './model-version.ts';
import type { RowSample } from './row-sample.ts';
import { copyNumbers, numberAt, type Table } from './tensor.ts';
import { placesOf } from './vector-places.ts';

/**
 * Most components of a vector that are looked at unless said otherwise: all of every common embedding; of an image one
 * in each of so many equal stretches, always the same ones. A component costs 16 multiplications a vector.
 */
export const MAX_COMPONENTS = 4_096;

// What a vector summary counts as of the wrong type.
const NO_VECTOR = false;

/**
 * Adds a vector to a series. The first fixes the kind and the size: later ones of another size are of the wrong type.
 * Of more than MAX_COMPONENTS components only some are looked at, see `placesOf`.
 */
export function addVector(
  version: ModelVersion,
  window: WindowRecord,
  series: Series,
  vector: ArrayLike<unknown>,
): void {
  const size = vector.length;
  version.determine(series, 'vector');
  if (size > 0) series.fixVector(size, Math.min(size, MAX_COMPONENTS));
  const summary = window.summary(series);
  const { wrongType } = summary.kinds;
  summary.add(series.vectorSize === size ? seen(vector, series.components) : NO_VECTOR);
  if (summary.kinds.wrongType !== wrongType) hushValue(vector);
}

/** Adds the picked rows of a tensor, each as one vector, of which `most` components are looked at; false for texts. */
export function addVectors(
  version: ModelVersion,
  window: WindowRecord,
  series: Series,
  table: Table,
  picked: RowSample,
  most: number,
): boolean {
  const { width } = table;
  if (table.coding === 'text') return false;
  if (width === 0 || picked.count === 0) return true;
  version.determine(series, 'vector');
  series.fixVector(width, Math.min(width, most));
  const summary = window.summary(series);
  const fits = series.vectorSize === width;
  const row = new Float64Array(fits ? series.components : 0);
  const places = fits && row.length < width ? placesOf(width, row.length) : undefined;
  for (let i = 0; i < picked.count; i++) {
    const first = (picked.rows[i] as number) * width;
    if (places === undefined) copyNumbers(table, first, 1, row.length, row);
    else for (let j = 0; j < row.length; j++) row[j] = numberAt(table, first + (places[j] as number));
    summary.add(fits ? row : NO_VECTOR);
  }
  return true;
}

function seen(vector: ArrayLike<unknown>, components: number): unknown {
  if (vector.length === components) return vector;
  const places = placesOf(vector.length, components);
  const thin = new Float64Array(components);
  for (let i = 0; i < components; i++) {
    const value = vector[places[i] as number];
    if (typeof value !== 'number') return NO_VECTOR;
    thin[i] = value;
  }
  return thin;
}
