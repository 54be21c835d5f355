import { type Mistake, show } from '../errors.ts';
import { isName } from '../names.ts';
import type { Extractor } from '../record/field-reader.ts';
import type { ModelVersion } from '../record/model-version.ts';
import type { Slice } from '../record/slices.ts';
import { hush } from '../shield.ts';

/** Dimensions that one call may be sliced by: each costs as much again as recording the call. */
const MAX_DIMENSIONS = 8;
// Room for `=` and a value in a name of the wire.
const MAX_DIMENSION_BYTES = 40;
const NONE: readonly Slice[] = Object.freeze([]);

/** Declared segments of the traffic: an extractor for each dimension. */
export type SliceOptions<A extends readonly unknown[] = readonly unknown[]> = Readonly<
  Record<string, (...args: A) => string | number | boolean | null | undefined>
>;

/** Checks the option `slices`; adds every mistake. */
export function checkSlices(slices: Readonly<Record<string, unknown>>, path: string, mistakes: Mistake[]): void {
  const entries = Object.entries(slices);
  if (entries.length > MAX_DIMENSIONS)
    mistakes.push({ option: path, expected: `at most ${MAX_DIMENSIONS} dimensions`, got: `${entries.length}` });
  for (const [dimension, extract] of entries) {
    const option = `${path}.${dimension}`;
    if (!isName(dimension) || Buffer.byteLength(dimension) > MAX_DIMENSION_BYTES || dimension.includes('='))
      mistakes.push({
        option,
        expected: `a name of up to ${MAX_DIMENSION_BYTES} bytes without =`,
        got: show(dimension),
      });
    if (typeof extract !== 'function') mistakes.push({ option, expected: 'a function', got: show(extract) });
  }
}

/** Tells the slices of a call. Never throws: an extractor that fails is counted, and its dimension has no slice then. */
export class SliceReader {
  readonly #version: ModelVersion;
  readonly #dimensions: readonly (readonly [string, (...args: unknown[]) => unknown])[];

  constructor(version: ModelVersion, options: SliceOptions<never>) {
    this.#version = version;
    this.#dimensions = Object.entries(options).map(([name, extract]) => [
      name,
      extract as Extractor as (...args: unknown[]) => unknown,
    ]);
  }

  read(args: readonly unknown[]): readonly Slice[] {
    const slices: Slice[] = [];
    for (const [dimension, extract] of this.#dimensions) {
      try {
        const value = extract(...args);
        hush(value);
        const slice = this.#version.slices.of(dimension, value);
        if (slice !== undefined) slices.push(slice);
      } catch {
        this.#version.losses.add(this.#version, 'extractor-failed');
      }
    }
    return slices.length === 0 ? NONE : slices;
  }
}
