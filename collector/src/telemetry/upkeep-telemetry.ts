import type { UpkeepObserver } from '../store/upkeep-observer.ts';
import { errorType } from './error-type.ts';
import type { Recorder } from './recorder.ts';
import type { Spans } from './spans.ts';

/** Measures the store's upkeep. */
export function createUpkeepTelemetry(recorder: Recorder, spans: Spans): UpkeepObserver {
  return ({ task, rows, durationMs, error }) => {
    const outcome = error === null ? 'done' : 'failed';
    recorder.measure('tidemark.upkeep.duration', durationMs / 1000, { task, outcome });
    recorder.count('tidemark.upkeep.rows', rows, { task });
    spans?.add({
      name: `tidemark.upkeep.${task}`,
      durationMs,
      errorType: errorType(error),
      attributes: { 'tidemark.rows': rows },
    });
  };
}
