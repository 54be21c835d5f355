import type { Summary } from '@tidemark/sketch';
import type { SummaryPiece } from './history-source.ts';

/** Steps of a backward fold that are kept, at most; between two of them a span is folded on. */
const KEPT_STEPS = 48;

/**
 * Merges the pieces of spans of one length, so that a span that slides on takes a few merges and not one for each piece (van
 * Herk 1992; Gil and Werman 1993). Time is cut into blocks of that length, aligned to the epoch, so that a span lies in two of
 * them at most: what it has of the earlier one is folded backwards from the cut, what it has of the later one forwards.
 * What comes out depends on the pieces and the span alone, to the bit, wherever the sliding began.
 */
export class SlidingMerge {
  readonly #lengthMs: number;
  readonly #isSliding: boolean;
  #cut = Number.NaN;
  /** Folds of the earlier block that begin at `start` and reach to the cut, latest first. */
  #steps: SummaryPiece[] = [];
  #newer: { to: number; summary: Summary | null } = { to: Number.NaN, summary: null };

  /** `isSliding` false is for a single span: nothing is kept for the next. */
  constructor(lengthMs: number, isSliding: boolean) {
    this.#lengthMs = lengthMs;
    this.#isSliding = isSliding;
  }

  /** The pieces of [to - length, to), all of them and ascending, merged; null for none. Pieces stay as they are. */
  merge(pieces: readonly SummaryPiece[], to: number): Summary | null {
    const cut = this.#cutOf(to);
    if (cut !== this.#cut || to < this.#newer.to) {
      this.#cut = cut;
      this.#steps = [];
      this.#newer = { to: cut, summary: null };
    }
    if (pieces.length === 1) return pieces[0]!.summary;
    const older = this.#foldOlder(pieces.filter(({ start }) => start < cut));
    const newer = this.#foldNewer(pieces, to);
    if (older === null) return this.#isSliding ? (newer?.clone() ?? null) : newer;
    if (newer !== null) older.merge(newer);
    return older;
  }

  /** Where the later block begins; a span that is a block has no earlier one. */
  #cutOf(to: number): number {
    const cut = Math.floor(to / this.#lengthMs) * this.#lengthMs;
    return cut === to ? to - this.#lengthMs : cut;
  }

  #foldOlder(pieces: readonly SummaryPiece[]): Summary | null {
    const [first] = pieces;
    if (first === undefined) return null;
    const known = this.#steps.findLast(({ start }) => start >= first.start);
    const rest = known === undefined ? pieces : pieces.filter(({ start }) => start < known.start);
    let folded = known?.summary.clone() ?? null;
    // Of one start there may be several pieces, and a step holds them all.
    const every = Math.ceil(pieces.length / KEPT_STEPS);
    for (let i = rest.length - 1; i >= 0; i--) {
      const { start, summary } = rest[i]!;
      if (folded === null) folded = summary.clone();
      else folded.merge(summary);
      const isWhole = rest[i - 1]?.start !== start;
      if (this.#isSliding && known === undefined && isWhole && i % every === 0)
        this.#steps.push({ start, summary: folded.clone() });
    }
    return folded;
  }

  #foldNewer(pieces: readonly SummaryPiece[], to: number): Summary | null {
    const newer = this.#newer;
    for (const { start, summary } of pieces) {
      if (start < newer.to) continue;
      if (newer.summary === null) newer.summary = summary.clone();
      else newer.summary.merge(summary);
    }
    newer.to = to;
    return newer.summary;
  }
}
