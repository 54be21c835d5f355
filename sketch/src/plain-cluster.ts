import { centreOfValues } from './centre.ts';
import { EDGE_REACH, EDGE_SHARE, GAP_REACH, GAP_SHARE, HEAVY_ATOM_SHARE, MAX_EDGES } from './size-rule.ts';

/** Mirrors `atomsOfChunk` of `kernel/cluster.ts`. */
export function atomsOfChunk(values: Float64Array, most: number, into: Float64Array): number {
  let atoms = 0;
  for (let start = 0; start < values.length; ) {
    if (atoms === most) return -1;
    const end = runEnd(values, start);
    into[2 * atoms] = values[start];
    into[2 * atoms + 1] = start - end;
    atoms++;
    start = end;
  }
  return atoms;
}

/** Mirrors `clusterChunk` of `kernel/cluster.ts`. */
export function clusterChunk(
  values: Float64Array,
  spikes: number,
  spike: number,
  ruleMiddle: number,
  ruleTail: number,
  into: Float64Array,
): number {
  const n = values.length;
  const all = n + spikes;
  const left = ruleTail / 2;
  const right = left / (1 + left);
  const longRun = Math.max(4, Math.ceil(HEAVY_ATOM_SHARE * ruleMiddle * all));
  const reach = Math.ceil(GAP_REACH * ruleMiddle * n);
  const edgeReach = Math.ceil(EDGE_REACH * ruleMiddle * n);
  const edges = { left: MAX_EDGES };
  const cut = spikes > 0 ? values.filter((value) => value < spike).length : n;
  let cells = 0;
  for (let start = 0; start < n; ) {
    const place = start < cut ? start : start + spikes;
    const size = Math.min((ruleMiddle / 2) * all, left * place, right * (all - place));
    let end = start + Math.max(1, Math.floor(size));
    if (start < cut && end > cut) end = cut;
    const first = values[start];
    if (values[end - 1] === first) end = runEnd(values, start);
    else {
      if (start >= edgeReach && end + edgeReach <= n) end = cutAtGap(values, start, end, reach, edgeReach, edges);
      end = cutAtRun(values, start, end, longRun);
    }
    const isAtom = values[end - 1] === first;
    into[2 * cells] = isAtom ? first : centreOfValues(values.subarray(start, end));
    into[2 * cells + 1] = isAtom ? start - end : end - start;
    cells++;
    start = end;
  }
  return cells;
}

function cutAtGap(
  values: Float64Array,
  start: number,
  end: number,
  reach: number,
  edgeReach: number,
  edges: { left: number },
): number {
  const last = end - 1;
  const isDense = (from: number, to: number, most: number): boolean => values[to] - values[from] < most;
  const most = (values[last] - values[start]) * GAP_SHARE;
  const edge = (values[last] - values[start]) * EDGE_SHARE;
  const isGapLikely = isDense(start - reach, start, most) && isDense(last, last + reach, most);
  const isEdgeLikely = isDense(start - edgeReach, start, edge) || isDense(last, last + edgeReach, edge);
  if (!isGapLikely && !isEdgeLikely) return end;
  for (let i = start + 1; i < end; i++) {
    const gap = values[i] - values[i - 1];
    const most = gap * GAP_SHARE;
    if (isDense(i - 1 - reach, i - 1, most) && isDense(i, i + reach, most)) return i;
    const edge = gap * EDGE_SHARE;
    if (edges.left > 0 && (isDense(i - 1 - edgeReach, i - 1, edge) || isDense(i, i + edgeReach, edge))) {
      edges.left--;
      return i;
    }
  }
  return end;
}

function cutAtRun(values: Float64Array, start: number, end: number, longRun: number): number {
  for (let from = start; from < end; ) {
    const to = runEnd(values, from);
    if (to - from >= longRun) return from === start ? to : from;
    from = to;
  }
  return end;
}

/** First place behind the run of equal values that begins at `start`. */
function runEnd(values: Float64Array, start: number): number {
  let end = start + 1;
  while (end < values.length && values[end] === values[start]) end++;
  return end;
}
