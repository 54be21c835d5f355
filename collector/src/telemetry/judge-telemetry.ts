import type { JudgeObserver } from '../alerting/judge-observer.ts';
import { errorType } from './error-type.ts';
import type { Recorder } from './recorder.ts';
import type { Spans } from './spans.ts';

/** Measures judging and counts what alerts do. A span names its group of rules, which the operator named; a label would not. */
export function createJudgeTelemetry(recorder: Recorder, spans: Spans): JudgeObserver {
  return ({ group, findings, transitions, durationMs, error }) => {
    recorder.measure('tidemark.judging.tick.duration', durationMs / 1000);
    recorder.count('tidemark.judging.findings', findings);
    for (const to of transitions) recorder.count('tidemark.alert.transitions', 1, { to });
    spans?.add({
      name: 'tidemark.judging.tick',
      durationMs,
      errorType: errorType(error),
      attributes: {
        'tidemark.rule_group': group,
        'tidemark.findings': findings,
        'tidemark.transitions': transitions.length,
      },
    });
  };
}
