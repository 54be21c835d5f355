import type { CommitObserver } from '../ingest/commit-observer.ts';
import { errorType } from './error-type.ts';
import type { Recorder } from './recorder.ts';
import type { Spans } from './spans.ts';

/** Measures group commits. */
export function createCommitTelemetry(recorder: Recorder, spans: Spans): CommitObserver {
  return ({ batches, duplicates, summaryParts, trafficParts, durationMs, error }) => {
    const outcome = error === null ? 'committed' : 'failed';
    recorder.measure('tidemark.ingest.commit.duration', durationMs / 1000, { outcome });
    recorder.measure('tidemark.ingest.commit.batches', batches);
    if (error === null) {
      recorder.count('tidemark.ingest.writes', summaryParts, { kind: 'summary' });
      recorder.count('tidemark.ingest.writes', trafficParts, { kind: 'traffic' });
    }
    spans?.add({
      name: 'tidemark.ingest.commit',
      durationMs,
      errorType: errorType(error),
      attributes: {
        'tidemark.batches': batches,
        'tidemark.duplicates': duplicates,
        'tidemark.parts.summary': summaryParts,
        'tidemark.parts.traffic': trafficParts,
      },
    });
  };
}
