import type { Digest } from '@tidemark/sketch';

/** The gap between two distribution functions at one value: just below it and at it, reference less live. */
export type CurveGap = (x: number, below: number, at: number) => void;

/**
 * Calls `visit` at every value where one of the two functions bends or jumps, ascending; in between both are straight.
 * One pass over the points of both, with the same arithmetic as `cdf` and `cdfBelow`. Neither may be empty, and `visit` may ask no
 * digest for anything.
 */
export function eachGap(reference: Digest, live: Digest, visit: CurveGap): void {
  const { x: ax, share: ay } = reference.points();
  // A baseline is asked again, and keeps its points.
  const { x: bx, share: by } = live.passingPoints();
  // Of each the first point that is not before x, and where it is; beyond the last there is none.
  let a = 0;
  let b = 0;
  let nextA = ax[0]!;
  let nextB = bx[0]!;
  while (nextA < Number.POSITIVE_INFINITY || nextB < Number.POSITIVE_INFINITY) {
    const x = nextA < nextB ? nextA : nextB;
    let ours = nextA === x ? ay[a]! : shareBetween(ax, ay, a, x);
    let theirs = nextB === x ? by[b]! : shareBetween(bx, by, b, x);
    const below = ours - theirs;
    // A function changes at its own points only.
    if (nextA === x) {
      while (nextA === x) nextA = ++a < ax.length ? ax[a]! : Number.POSITIVE_INFINITY;
      ours = ay[a - 1]!;
    }
    if (nextB === x) {
      while (nextB === x) nextB = ++b < bx.length ? bx[b]! : Number.POSITIVE_INFINITY;
      theirs = by[b - 1]!;
    }
    visit(x, below, ours - theirs);
  }
}

/** Share of the values up to `at`, which lies before the point `next` and beyond the one before it. */
function shareBetween(x: Float64Array, share: Float64Array, next: number, at: number): number {
  if (next === 0) return 0;
  if (next === x.length) return 1;
  const x0 = x[next - 1]!;
  const x1 = x[next]!;
  const y0 = share[next - 1]!;
  const y1 = share[next]!;
  const width = x1 - x0;
  // Halves where the difference of two finite numbers overflows.
  const part = width < Number.POSITIVE_INFINITY ? (at - x0) / width : (at / 2 - x0 / 2) / (x1 / 2 - x0 / 2);
  const level = y0 + part * (y1 - y0);
  return level > y1 ? y1 : level;
}
