import type { Digest } from '@tidemark/sketch';

/** The gap between two distribution functions at one value: just below it and at it, reference less live. */
export type CurveGap = (x: number, below: number, at: number) => void;

/**
 * Calls `visit` at every value where one of the two functions bends or jumps, ascending; in between both are straight.
 * One pass over the points of both, with the same arithmetic as `cdf` and `cdfBelow`. Neither may be empty.
 */
export function eachGap(reference: Digest, live: Digest, visit: CurveGap): void {
  const { x: ax, share: ay } = reference.points();
  const { x: bx, share: by } = live.points();
  // Of each the first point that is not before x.
  let a = 0;
  let b = 0;
  while (a < ax.length || b < bx.length) {
    const x = a === ax.length ? bx[b]! : b === bx.length ? ax[a]! : Math.min(ax[a]!, bx[b]!);
    const below = shareBelow(ax, ay, a, x) - shareBelow(bx, by, b, x);
    while (a < ax.length && ax[a]! <= x) a++;
    while (b < bx.length && bx[b]! <= x) b++;
    visit(x, below, shareAt(ax, ay, a, x) - shareAt(bx, by, b, x));
  }
}

/** Share of values < at, `next` being the first point that is not before `at`. */
function shareBelow(x: Float64Array, share: Float64Array, next: number, at: number): number {
  if (next === x.length) return 1;
  if (next === 0) return 0;
  return x[next] === at ? share[next]! : between(x, share, next, at);
}

/** Share of values <= at, `next` being the first point beyond `at`. */
function shareAt(x: Float64Array, share: Float64Array, next: number, at: number): number {
  if (next === 0) return 0;
  return next === x.length || x[next - 1] === at ? share[next - 1]! : between(x, share, next, at);
}

function between(x: Float64Array, share: Float64Array, next: number, at: number): number {
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
