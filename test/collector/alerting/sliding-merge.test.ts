import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Summary } from '@tidemark/sketch';
import type { SummaryPiece } from '../../../collector/src/alerting/history-source.ts';
import { SlidingMerge } from '../../../collector/src/alerting/sliding-merge.ts';
import { seededRandom } from '../../support/random.ts';

const STEP = 60_000;

/** Windows of a minute with gaps, now and then two parts of one, of numbers that fill a digest. */
function piecesOf(count: number): SummaryPiece[] {
  const random = seededRandom(3);
  const pieces: SummaryPiece[] = [];
  for (let i = 0; i < count; i++) {
    for (let part = 0; part < (random() < 0.1 ? 0 : random() < 0.2 ? 2 : 1); part++) {
      const summary = new Summary('number');
      for (let n = 0; n < 300; n++) summary.add(random() ** 3);
      pieces.push({ start: i * STEP, summary });
    }
  }
  return pieces;
}

const bytes = (summary: Summary | null) => Buffer.from(summary?.digest.toBytes() ?? []).toString('hex');

function inside(pieces: readonly SummaryPiece[], from: number, to: number): SummaryPiece[] {
  return pieces.filter(({ start }) => start >= from && start < to);
}

describe('merging spans that slide', () => {
  const pieces = piecesOf(400);
  const before = pieces.map(({ summary }) => bytes(summary));

  for (const [length, step] of [
    [1, 1],
    [7, 1],
    [24, 5],
    [120, 1],
  ] as const) {
    test(`gives what each span of ${length} gives by itself, to the byte, wherever it began`, () => {
      const lengthMs = length * STEP;
      const sliding = new SlidingMerge(lengthMs, true);
      for (let to = lengthMs + 13 * STEP; to <= 300 * STEP; to += step * STEP) {
        const span = inside(pieces, to - lengthMs, to);
        const slid = sliding.merge(span, to);
        const single = new SlidingMerge(lengthMs, false).merge(span, to);
        assert.equal(bytes(slid), bytes(single), `at ${to / STEP}`);
        assert.equal(
          slid?.kinds.total ?? 0,
          span.reduce((sum, { summary }) => sum + summary.kinds.total, 0),
        );
        // Asked again, as by another group of rules at the same tick.
        if (to % (5 * STEP) === 0) assert.equal(bytes(sliding.merge(span, to)), bytes(single));
      }
    });
  }

  test('leaves the pieces as they are', () => {
    assert.deepEqual(
      pieces.map(({ summary }) => bytes(summary)),
      before,
    );
  });
});
