import type { Kinds, SeriesKind } from '@tidemark/sketch';
import type { Scores } from '../drift/index.ts';

/** One column of two files, or one series of two baselines, compared. */
export type ComparedColumn = {
  readonly name: string;
  readonly kind: SeriesKind;
  /** Its values on either side, counted by kind; all 0 where a side has no such column. */
  readonly reference: Kinds;
  readonly live: Kinds;
  /**
   * By the name of the measure, all finite; one that means nothing for these values is absent. Where there is an error, none
   * but those of counts, which a side without values still has.
   */
  readonly scores: Scores;
  readonly error: string | null;
};
