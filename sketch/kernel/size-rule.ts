/* The size rule in words and its constants with their reasons: sketch/src/size-rule.ts. */
const SMALL_WINDOW: f64 = 32;
const MIDDLING_WINDOW: f64 = 77;

/** The most a centroid in the middle may weigh. */
export function largestCentroid(total: f64, middle: f64): f64 {
  const share = middle * total;
  const small = min<f64>(sqrt(share / SMALL_WINDOW), sqrt(sqrt(share / MIDDLING_WINDOW)));
  return small < 1 ? floor(share * small + 0.5) : share;
}

/** The least weight of an atom that is never folded, where centroids may weigh `largest`. */
export function heavyAtom(largest: f64): f64 {
  return max<f64>(HEAVY_ATOM_SHARE * largest, min<f64>(2 * HEAVY_ATOM_SHARE * largest, 1.5));
}

export const HEAVY_ATOM_SHARE: f64 = 0.2;
export const NEW_ATOM_SHARE: f64 = 0.8;
export const LEAST_HEAVY: f64 = 4;
export const GAP_SHARE: f64 = 0.25;
export const GAP_REACH: f64 = 0.25;
export const EDGE_SHARE: f64 = 0.0625;
export const EDGE_REACH: f64 = 1;
export const MAX_EDGES: i32 = 64;
