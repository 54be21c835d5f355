/** Probabilities of being late that were or could have been answered, by row of the flight; NaN where none was asked for. */
export type AnswerLedger = {
  /** What the client got. */
  readonly guarded: Float32Array;
  /** What the release makes of what it is fed, with no guard before it. */
  readonly unguarded: Float32Array;
  /** What its model says if it is fed the columns in the order it wants. */
  readonly right: Float32Array;
  /** 1 where the client got the answer of the fallback. */
  readonly fellBack: Uint8Array;
};

/** A ledger of `count` flights, none of which was asked about. */
export function emptyLedger(count: number): AnswerLedger {
  const column = () => new Float32Array(count).fill(Number.NaN);
  return { guarded: column(), unguarded: column(), right: column(), fellBack: new Uint8Array(count) };
}

/** How many answers were the fallback's. */
export function countFallbacks({ fellBack }: AnswerLedger): number {
  return fellBack.reduce((sum, flag) => sum + flag, 0);
}
