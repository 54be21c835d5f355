/** The score of one of the baseline's own windows against the baseline, turned by `oriented`. */
export type WindowScore = { readonly score: number; readonly values: number; readonly startMs: number };

/** What windows are compared by: the hour of the day or of the week, in UTC. */
export type SlotWidth = 'hour of day' | 'hour of week';

const HOUR = 3_600_000;
const SLOTS: readonly { readonly width: SlotWidth; readonly count: number }[] = [
  { width: 'hour of week', count: 168 },
  { width: 'hour of day', count: 24 },
];
/** So many windows a slot must have to be compared by itself. */
const LEAST_IN_SLOT = 5;
/** Slots differ where the variance between them is so many times that within (F test; for 24 slots of 7 windows 2.4 is 1 in 1 000). */
const CLEARLY = 3;

/** Scores as windows in the slot of the judged one would have had, from windows of all slots. */
export type Slotted = { readonly width: SlotWidth; readonly scores: readonly number[] };

/**
 * Where the windows' scores cycle with the hour, the scores to expect in the slot of `startMs`: its mean, and around it what every
 * window was off from the mean of the others in its own slot. null where they do not cycle, or there are not enough. @param
 * isSquared whether scores are like squares: then their roots are compared, which vary alike whatever their mean.
 */
export function slotted(windows: readonly WindowScore[], startMs: number, isSquared: boolean): Slotted | null {
  for (const { width, count } of SLOTS) {
    const slots = groups(windows, count, isSquared);
    const slot = slots.get(slotOf(startMs, count));
    const isLongEnough = slots.size === count && [...slots.values()].every((scores) => scores.length >= LEAST_IN_SLOT);
    if (slot === undefined || !isLongEnough || varianceRatio([...slots.values()]) < CLEARLY) continue;
    const centre = meanOf(slot);
    const scores = [...slots.values()].flatMap((others) => offFromOthers(others).map((off) => centre + off));
    return { width, scores: isSquared ? scores.map((root) => Math.max(0, root) ** 2) : scores };
  }
  return null;
}

/** 0 to 167, from Monday 00:00 UTC. */
export function hourOfWeek(ms: number): number {
  return slotOf(ms, 168);
}

/** Hours since a Monday 00:00 UTC, modulo the number of slots; the epoch was a Thursday. */
function slotOf(ms: number, count: number): number {
  return (Math.floor(ms / HOUR) + 3 * 24) % count;
}

function groups(windows: readonly WindowScore[], count: number, isSquared: boolean): Map<number, number[]> {
  const slots = new Map<number, number[]>();
  for (const { score, startMs } of windows) {
    const slot = slotOf(startMs, count);
    const value = isSquared ? Math.sqrt(Math.max(0, score)) : score;
    const scores = slots.get(slot);
    if (scores === undefined) slots.set(slot, [value]);
    else scores.push(value);
  }
  return slots;
}

/** How far each is from the mean of the others. */
function offFromOthers(scores: readonly number[]): number[] {
  const sum = scores.reduce((all, score) => all + score, 0);
  return scores.map((score) => score - (sum - score) / (scores.length - 1));
}

/** Variance between groups over that within (Fisher's F); 0 where there is none at all, infinite where only between. */
function varianceRatio(slots: readonly (readonly number[])[]): number {
  const all = slots.flat();
  const mean = meanOf(all);
  let between = 0;
  let within = 0;
  for (const slot of slots) {
    const centre = meanOf(slot);
    between += slot.length * (centre - mean) ** 2;
    for (const score of slot) within += (score - centre) ** 2;
  }
  if (between === 0) return 0;
  return between / (slots.length - 1) / (within / (all.length - slots.length));
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
