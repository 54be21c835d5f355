/** From so many summaries on, what waits is worth dividing: below, a commit costs more than its rows. */
const WORTH_DIVIDING = 512;

/** Something that waits for a commit, or is in one: what it touches, and how many summaries it brings. */
export type Weighed = { readonly touches: Iterable<string>; readonly summaries: number };

/**
 * Chooses from what waits, in the order in which it came, the group that may go now.
 *
 * What touches anything under way has to wait, and so has what came later and touches the same. Of the others a share goes: all
 * that waits or is under way, divided `among` so many commits, so that each finds as much to do as the others. Whatever has
 * something in common with that share goes with it, since it could not go beside it, and is written once.
 */
export function chooseGroup<One extends Weighed>(
  waiting: readonly One[],
  underWay: readonly Weighed[],
  among: number,
): { readonly group: One[]; readonly rest: One[] } {
  const weightOf = (some: readonly Weighed[]) => some.reduce((sum, { summaries }) => sum + summaries, 0);
  const waits = weightOf(waiting);
  const share = waits < WORTH_DIVIDING ? Infinity : (waits + weightOf(underWay)) / among;
  const held = new Set(underWay.flatMap(({ touches }) => [...touches]));
  const chosen = new Set<string>();
  const group: One[] = [];
  const rest: One[] = [];
  let weight = 0;
  for (const one of waiting) {
    const touches = [...one.touches];
    const mayGo = !touches.some((touch) => held.has(touch));
    if (mayGo && (weight < share || touches.some((touch) => chosen.has(touch)))) {
      group.push(one);
      weight += one.summaries;
      for (const touch of touches) chosen.add(touch);
    } else {
      rest.push(one);
      // Nobody who came later goes before it, or it might wait for ever.
      for (const touch of touches) held.add(touch);
    }
  }
  return { group, rest };
}
