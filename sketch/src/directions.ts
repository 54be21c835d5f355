import { fillNormals } from './directions-normal.ts';
import { optionInvalid } from './errors.ts';

/** Most directions that vectors may be projected on. */
export const MAX_DIRECTIONS = 64;

/**
 * Most numbers in one set of directions, and in all sets that the process keeps at hand: 2^22, which are 16 MiB of
 * float32. It bounds the size of a vector at 262 144 components with 16 directions and 65 536 with 64.
 */
export const MAX_DIRECTION_NUMBERS: number = 2 ** 22;

/** Rows by seed and size, least recently used first. */
const known = new Map<string, Float32Array[]>();
let knownNumbers = 0;

/** The largest vector that can be projected on `count` directions, in components. */
export function maxVectorSize(count: number): number {
  return Math.floor(MAX_DIRECTION_NUMBERS / count);
}

/**
 * `count` fixed directions in `size` dimensions, each of length 1 and uniform on the sphere: independent normal numbers,
 * normalised (Muller 1959). They depend on (seed, index of the direction, size) alone, so any two processes project
 * alike, and the first of more directions are the directions of fewer. Not to be written to: they are kept for the
 * process, as far as MAX_DIRECTION_NUMBERS allows. About 30 ns a number the first time.
 *
 * Throws SKETCH_OPTION_INVALID for a count not from 1 to 64, a size not from 1 to `maxVectorSize(count)`, or a seed that
 * is no integer from 0 to 2^32 - 1.
 */
export function directionsOf(size: number, count: number, seed: number): readonly Float32Array[] {
  checkDirections(count, seed);
  checkSize(size, count);
  const key = `${seed}/${size}`;
  const rows = known.get(key) ?? [];
  known.delete(key);
  knownNumbers -= rows.length * size;
  makeRoom(Math.max(count, rows.length) * size);
  for (let index = rows.length; index < count; index++) rows.push(directionOf(size, seed, index));
  known.set(key, rows);
  knownNumbers += rows.length * size;
  return rows.slice(0, count);
}

/** Throws SKETCH_OPTION_INVALID unless there can be so many directions of such a seed. */
export function checkDirections(count: number, seed: number): void {
  if (!Number.isInteger(count) || count < 1 || count > MAX_DIRECTIONS) {
    throw optionInvalid(`directions must be an integer from 1 to ${MAX_DIRECTIONS}, got ${String(count)}`);
  }
  if (seed !== seed >>> 0) throw optionInvalid(`seed must be an integer from 0 to 2^32 - 1, got ${String(seed)}`);
}

/** Throws SKETCH_OPTION_INVALID unless vectors of `size` components can be projected on `count` directions. */
function checkSize(size: number, count: number): void {
  const most = maxVectorSize(count);
  if (!Number.isInteger(size) || size < 1 || size > most) {
    throw optionInvalid(`size must be an integer from 1 to ${most} with ${count} directions, got ${String(size)}`);
  }
}

function makeRoom(numbers: number): void {
  for (const [key, rows] of known) {
    if (knownNumbers + numbers <= MAX_DIRECTION_NUMBERS) return;
    known.delete(key);
    knownNumbers -= rows.length * (rows[0]?.length ?? 0);
  }
}

function directionOf(size: number, seed: number, index: number): Float32Array {
  const normals = new Float64Array(size);
  fillNormals(normals, seed, index);
  let squares = 0;
  for (let j = 0; j < size; j++) squares += normals[j] * normals[j];
  // No number is 0 (the hash is never mapped to exactly one half), so there is a length to divide by.
  const length = Math.sqrt(squares);
  const row = new Float32Array(size);
  for (let j = 0; j < size; j++) row[j] = normals[j] / length;
  return row;
}
