import { types } from 'node:util';
import { hush, shielded } from '../shield.ts';
import type { WindowRecord } from '../window/window-record.ts';
import type { ModelVersion } from './model-version.ts';
import { Recorder } from './recorder.ts';

/** Reads the named values of one call, then puts them into its window. Never throws: what fails is counted as a loss. */
export type FieldReader = {
  /** The object of values that the extractor names; undefined when it failed. */
  readonly read: (args: readonly unknown[]) => object | undefined;
  readonly record: (window: WindowRecord, fields: object) => void;
};

/** A function of the user's that names values of a call. */
export type Extractor = (...args: never[]) => unknown;

// Null-prototype, so that nothing but missing values can be read from it.
const NOTHING: object = Object.freeze(Object.create(null));

/**
 * Makes the reader of one extractor. No object (null, undefined) means that every field known so far is missing.
 * @param scalars whether a bare number, string or boolean is taken, as the field `value`.
 */
export function fieldReader(version: ModelVersion, stage: string, extract: Extractor, scalars: boolean): FieldReader {
  const recorder = new Recorder(version, stage);
  const lose = (reason: 'extractor-failed' | 'capture-failed') => () => version.losses.add(version, reason);
  const read = shielded(
    (args: readonly unknown[]) => fieldsOf(Reflect.apply(extract, undefined, args), scalars),
    lose('extractor-failed'),
  );
  const record = shielded(
    (window: WindowRecord, fields: object) => recorder.record(window, fields),
    lose('capture-failed'),
  );
  return { read, record };
}

function fieldsOf(answer: unknown, scalars: boolean): object {
  if (answer === null || answer === undefined) return NOTHING;
  if (typeof answer === 'object') {
    const prototype: unknown = Object.getPrototypeOf(answer);
    if (prototype !== Object.prototype && prototype !== null) checkNamed(answer);
    return answer;
  }
  if (!scalars || typeof answer === 'function' || typeof answer === 'symbol') {
    throw new TypeError(`an extractor must return an object of named values, got ${typeof answer}`);
  }
  return { value: answer };
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
