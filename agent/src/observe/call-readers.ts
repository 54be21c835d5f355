import { isTime } from '../clock.ts';
import type { Capture } from '../record/capture.ts';
import { type Extractor, FieldReader, type Named } from '../record/field-reader.ts';
import type { ModelVersion } from '../record/model-version.ts';
import { hush, shielded } from '../shield.ts';

/** The extractors of one function: stage, extractor, and whether it may answer a bare scalar. */
export type Extractors = readonly (readonly [stage: string, extract: Extractor | undefined, scalars: boolean])[];

/** Readers for the extractors that were given. */
export function readersOf(version: ModelVersion, extractors: Extractors): readonly FieldReader[] {
  return extractors.flatMap(([stage, extract, scalars]) =>
    extract === undefined ? [] : [new FieldReader(version, stage, extract, scalars)],
  );
}

/** Reads and records what every reader names, in the window of `atMs`; tells `seen` what was named. */
export function recordAll(
  capture: Capture,
  version: ModelVersion,
  readers: readonly FieldReader[],
  atMs: number,
  args: readonly unknown[],
  seen?: (stage: string, fields: Named) => void,
): void {
  for (const reader of readers) {
    const fields = reader.read(args);
    // Asked for only now: an extractor may have flushed, or called what else is watched.
    if (fields === undefined) continue;
    reader.record(capture.window(version, atMs), fields);
    seen?.(reader.stage, fields);
  }
}

/** The event time of calls: by the caller's `at`, or by the agent's clock where that fails or is not given. */
export function eventTime(
  capture: Capture,
  version: ModelVersion,
  at: ((...args: never[]) => unknown) | undefined,
): (args: readonly unknown[]) => number {
  if (at === undefined) return () => capture.now();
  const read = shielded(
    (args: readonly unknown[]) => Reflect.apply(at, undefined, args),
    () => {},
  );
  return (args) => {
    const time = read(args);
    if (isTime(time)) return time;
    hush(time);
    version.losses.add(version, 'extractor-failed');
    return capture.now();
  };
}
