/* The size rule in words and its constants with their reasons: sketch/src/size-rule.ts. */
const SMALL_WINDOW: f64 = 32;

/** The most a centroid in the middle may weigh. */
export function largestCentroid(total: f64, middle: f64): f64 {
  const share = middle * total;
  const small = share / SMALL_WINDOW;
  return small < 1 ? ceil(share * sqrt(small)) : share;
}

export const HEAVY_ATOM_SHARE: f64 = 0.4;
export const GAP_SHARE: f64 = 0.25;
export const GAP_REACH: f64 = 0.25;
export const EDGE_SHARE: f64 = 0.125;
export const EDGE_REACH: f64 = 1;
export const MAX_EDGES: i32 = 64;
