import { DRAWN_WEIGHTS, DRAWN_X, SHARES } from './layout';

/** A neighbour so many times further away than the one on the other side lies beyond an empty stretch. */
const EDGE_RATIO: f64 = 8;

/**
 * Puts the quantiles of the `count` first shares in SHARES in their place, by the curve through the `n` (at least 1)
 * centroids at `list`, which weigh `total`. The curve is described in `sketch/src/curve.ts`.
 */
export function quantiles(list: i32, n: i32, total: f64, count: i32): void {
  const points = draw(list, n);
  for (let i = 0; i < count; i++) {
    const at = SHARES + (i << 3);
    store<f64>(at, quantile(points, total, load<f64>(at)));
  }
}

function quantile(points: i32, total: f64, q: f64): f64 {
  let low: i32 = 0;
  let high = points;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (share(middle, total) >= q) high = middle;
    else low = middle + 1;
  }
  if (low === 0) return load<f64>(DRAWN_X);
  const y0 = share(low - 1, total);
  const x0 = load<f64>(DRAWN_X + (low << 3) - 8);
  const x1 = load<f64>(DRAWN_X + (low << 3));
  const part = (q - y0) / (share(low, total) - y0);
  const step = x1 - x0;
  const x = step < Infinity ? x0 + step * part : x0 * (1 - part) + x1 * part;
  return x > x1 ? x1 : x;
}

function share(point: i32, total: f64): f64 {
  return load<f64>(DRAWN_WEIGHTS + (point << 3)) / total;
}

/** Draws the points of the curve into DRAWN_X and DRAWN_WEIGHTS; returns how many there are. */
function draw(list: i32, n: i32): i32 {
  let point: i32 = DRAWN_X;
  let before: f64 = 0;
  const end = list + (n << 4);
  for (let at = list; at < end; at += 16) {
    const mean = load<f64>(at);
    const signed = load<f64>(at, 8);
    const weight = abs(signed);
    if (signed < 0) {
      point = drawPoint(point, mean, before);
      point = drawPoint(point, mean, before + weight);
    } else {
      const left = mean - load<f64>(at - 16);
      const right = load<f64>(at, 16) - mean;
      if (left > EDGE_RATIO * right)
        point = drawPoint(point, mean - halfWidth(weight, load<f64>(at, 24), right), before);
      point = drawPoint(point, mean, before + weight / 2);
      if (right > EDGE_RATIO * left)
        point = drawPoint(point, mean + halfWidth(weight, load<f64>(at - 8), left), before + weight);
    }
    before += weight;
  }
  return (point - DRAWN_X) >> 3;
}

function drawPoint(point: i32, x: f64, weight: f64): i32 {
  store<f64>(point, x);
  store<f64>(point, weight, DRAWN_WEIGHTS - DRAWN_X);
  return point + 8;
}

/** How far half of a plain centroid reaches, judged by its neighbour of the (signed) weight `beside`, `distance` away. */
function halfWidth(weight: f64, beside: f64, distance: f64): f64 {
  return beside < 0 ? distance : distance * (weight / (weight + abs(beside)));
}
