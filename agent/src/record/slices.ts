import type { LossReason } from '../losses.ts';
import { isName, MAX_NAME_BYTES } from '../names.ts';
import type { Series } from '../window/series.ts';
import type { ModelVersion } from './model-version.ts';

/** Slices of one model version, beside that of all traffic. */
export const MAX_SLICES = 200;
/** Series of all slices of one model version together. */
export const MAX_SLICED_SERIES = 2_000;
/** The value of a slice that stands for all values of a dimension that found no room. */
export const OVERFLOW = '~other';
/** The stage under which a version is asked what the values of a dimension may be called. */
export const SLICE = 'slice';

/** One segment of the traffic, such as `country=DE`, with series of its own. */
export class Slice {
  readonly name: string;
  /** By `index` of the series of all traffic. */
  readonly #series: (Series | undefined)[] = [];
  readonly #version: ModelVersion;

  constructor(name: string, version: ModelVersion) {
    this.name = name;
    this.#version = version;
  }

  /** The series here of what all traffic has in `base`; undefined while that has no kind, and where there is no room. */
  seriesOf(base: Series): Series | undefined {
    const known = this.#series[base.index];
    if (known !== undefined || base.kind === undefined) return known;
    const made = this.#version.addSliced(base, this.name);
    if (made !== undefined) this.#series[base.index] = made;
    return made;
  }
}

/** The slices of one model version, found as they come, up to a budget. */
export class Slices {
  readonly #version: ModelVersion;
  readonly #byName = new Map<string, Slice>();

  constructor(version: ModelVersion) {
    this.#version = version;
  }

  /** The slice of a value of a dimension: its own, that of the overflow, or none for a missing value. */
  of(dimension: string, value: unknown): Slice | undefined {
    if (value === undefined || value === null) return undefined;
    // Read before the look-up: a name that is too long would keep a request's memory.
    if (typeof value === 'string' && value.length > MAX_NAME_BYTES) return this.#overflow(dimension, 'slice-name');
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean')
      return this.#overflow(dimension, 'slice-name');
    const name = `${dimension}=${value}`;
    const known = this.#byName.get(name);
    if (known !== undefined) return known;
    const filter = this.#version.filterOf(SLICE, dimension);
    // A value that holds a secret is called otherwise, and looked at each time.
    if (typeof value === 'string' && filter !== undefined && filter(value) !== value)
      return this.#overflow(dimension, 'slice-name');
    if (!isName(name)) return this.#overflow(dimension, 'slice-name');
    if (this.#byName.size >= MAX_SLICES) return this.#overflow(dimension, 'slice-limit');
    return this.#add(name);
  }

  #overflow(dimension: string, reason: Extract<LossReason, 'slice-name' | 'slice-limit'>): Slice {
    this.#version.losses.add(this.#version, reason);
    const name = `${dimension}=${OVERFLOW}`;
    return this.#byName.get(name) ?? this.#add(name);
  }

  #add(name: string): Slice {
    const slice = new Slice(name, this.#version);
    this.#byName.set(name, slice);
    return slice;
  }
}
