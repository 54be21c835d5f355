import { types } from 'node:util';
import { hush } from '../shield.ts';
import type { WindowRecord } from '../window/window-record.ts';
import type { ModelVersion } from './model-version.ts';
import { Recorder } from './recorder.ts';
import type { Slice } from './slices.ts';

/** A function of the user's that names values of a call. */
export type Extractor = (...args: never[]) => unknown;

/** What an extractor named: an object of values, or a single value where one is allowed. */
export type Named = object | number | bigint | string | boolean;

// Null-prototype, so that nothing but missing values can be read from it.
const NOTHING: object = Object.freeze(Object.create(null));
/** The name of a single value. */
const SINGLE = 'value';

/**
 * Reads the named values of one call by one extractor, and puts them into its window. Never throws: what fails is
 * counted as a loss. No object (null, undefined) means that every field known so far is missing.
 */
export class FieldReader {
  readonly stage: string;
  readonly #version: ModelVersion;
  readonly #extract: (...args: unknown[]) => unknown;
  readonly #scalars: boolean;
  readonly #recorder: Recorder;

  /** @param scalars whether a bare number, string or boolean is taken, as the field `value`. */
  constructor(version: ModelVersion, stage: string, extract: Extractor, scalars: boolean) {
    this.stage = stage;
    this.#version = version;
    this.#extract = extract as (...args: unknown[]) => unknown;
    this.#scalars = scalars;
    this.#recorder = new Recorder(version, stage);
  }

  /** What the extractor says of the arguments; undefined when it failed. */
  read(args: readonly unknown[]): Named | undefined {
    const extract = this.#extract;
    try {
      // Spreading arguments costs more than reading them.
      return this.#named(args.length === 1 ? extract(args[0]) : extract(...args));
    } catch {
      return this.#lose('extractor-failed');
    }
  }

  /** What the extractor says of a result and the arguments; undefined when it failed. */
  readResult(result: unknown, args: readonly unknown[]): Named | undefined {
    const extract = this.#extract;
    try {
      return this.#named(args.length === 1 ? extract(result, args[0]) : extract(result, ...args));
    } catch {
      return this.#lose('extractor-failed');
    }
  }

  record(window: WindowRecord, named: Named): void {
    try {
      if (typeof named === 'object') this.#recorder.record(window, named);
      else this.#recorder.recordOne(window, SINGLE, named);
    } catch {
      this.#lose('capture-failed');
      return;
    }
    // A getter of the caller's flushed while its row was being written.
    if (window.settled) this.#lose('capture-failed');
  }

  /** Records once more, for a slice. */
  recordSlice(window: WindowRecord, slice: Slice, named: Named): void {
    try {
      this.#recorder.recordSlice(window, slice, fieldsOf(named) as object);
    } catch {
      this.#lose('capture-failed');
    }
  }

  #named(answer: unknown): Named {
    if (typeof answer === 'object') {
      if (answer === null) return NOTHING;
      const prototype: unknown = Object.getPrototypeOf(answer);
      if (prototype !== Object.prototype && prototype !== null) checkNamed(answer);
      return answer;
    }
    if (answer === undefined) return NOTHING;
    if (!this.#scalars || typeof answer === 'function' || typeof answer === 'symbol') {
      throw new TypeError(`an extractor must return an object of named values, got ${typeof answer}`);
    }
    return answer as Named;
  }

  #lose(reason: 'extractor-failed' | 'capture-failed'): undefined {
    this.#version.losses.add(this.#version, reason);
  }
}

/** The named values as an object, for those who look at several. */
export function fieldsOf(named: Named | undefined): object | undefined {
  return typeof named === 'object' || named === undefined ? named : { [SINGLE]: named };
}

/** Throws for an object that holds its values in some other way than by name. */
function checkNamed(answer: object): void {
  hush(answer);
  if (types.isPromise(answer)) throw new TypeError('an extractor must answer at once, not by a promise');
  const nameless =
    Array.isArray(answer) ||
    ArrayBuffer.isView(answer) ||
    types.isMap(answer) ||
    types.isSet(answer) ||
    types.isDate(answer) ||
    types.isBoxedPrimitive(answer);
  if (nameless) throw new TypeError('an extractor must name its values');
}
