import type { PartRefusal, ValidBatch } from '../ingest/batch.ts';
import type { ReceiveObserver } from '../receive/receive-observer.ts';
import type { LabelsOf } from './instruments.ts';
import { toLossReason } from './loss-reasons.ts';
import type { Recorder } from './recorder.ts';
import { tallyBatch, tallyRefused } from './tally.ts';

type Outcome = LabelsOf<'tidemark.receive.batches'>['outcome'];
type RefusalCode = LabelsOf<'tidemark.receive.refusals'>['code'];

/** Counts what agents send and what becomes of it. */
export function createReceiveTelemetry(recorder: Recorder): ReceiveObserver {
  const count = (outcome: Outcome, summaries: number, rows: number) => {
    if (summaries > 0) recorder.count('tidemark.receive.summaries', summaries, { outcome });
    if (rows > 0) recorder.count('tidemark.receive.rows', rows, { outcome });
  };
  const refuse = (code: RefusalCode, parts: number) => recorder.count('tidemark.receive.refusals', parts, { code });

  const accept = (batch: ValidBatch, refusals: readonly PartRefusal[]) => {
    const all = tallyBatch(batch);
    if (refusals.length === 0) count('accepted', all.summaries, all.rows);
    else {
      const { byChecks, byCommit } = tallyRefused(batch, refusals);
      count('accepted', all.summaries - byCommit.summaries, all.rows - byCommit.rows);
      count('refused', byChecks.summaries + byCommit.summaries, byChecks.rows + byCommit.rows);
      for (const { code } of refusals) refuse(code as RefusalCode, 1);
    }
    for (const { reason, count: lost } of batch.losses) {
      recorder.count('tidemark.receive.losses', lost, { reason: toLossReason(reason) });
    }
  };

  return {
    answered(batch, outcome, bytes, durationMs) {
      const labels = { outcome: outcome.kind };
      recorder.count('tidemark.receive.batches', 1, labels);
      recorder.count('tidemark.receive.size', bytes);
      recorder.measure('tidemark.receive.duration', durationMs / 1000, labels);
      if (batch === null) return;
      if (outcome.kind === 'accepted') return accept(batch, outcome.refusals);
      const { summaries, rows } = tallyBatch(batch);
      count(outcome.kind, summaries, rows);
      // The whole batch is one part, refused as the receipt has it.
      if (outcome.kind === 'refused') refuse('malformed', 1);
    },
    turnedAway() {
      recorder.count('tidemark.receive.turned_away', 1);
    },
    malformed() {
      recorder.count('tidemark.receive.malformed', 1);
    },
  };
}
