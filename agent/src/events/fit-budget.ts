/** Sizes in bytes of what waits in one line, in its order. */
type Line = readonly number[];

/**
 * Shares a byte budget between groups (strata) of lines (model versions). Every group is sure of an equal part; what
 * groups leave of theirs goes to the others in their order. Within a group the lines take turns. A line gives from its
 * front and stops at the first that does not fit, so that large ones are not passed over for small ones.
 * @returns how many of the front of each line fit.
 */
export function fitBudget(groups: readonly (readonly Line[])[], maxBytes: number): number[][] {
  const taken = groups.map((lines) => lines.map(() => 0));
  const part = Math.floor(maxBytes / Math.max(1, groups.length));
  let left = maxBytes;
  for (const [i, lines] of groups.entries()) left -= takeTurns(lines, taken[i] ?? [], part);
  for (const [i, lines] of groups.entries()) left -= takeTurns(lines, taken[i] ?? [], left);
  return taken;
}

/** Goes on from `taken`; returns the bytes that were used. */
function takeTurns(lines: readonly Line[], taken: number[], bytes: number): number {
  let used = 0;
  let open = lines.map((_, line) => line);
  while (open.length > 0) {
    const goOn: number[] = [];
    for (const line of open) {
      const size = lines[line]?.[taken[line] ?? 0];
      if (size === undefined || used + size > bytes) continue;
      used += size;
      taken[line] = (taken[line] ?? 0) + 1;
      goOn.push(line);
    }
    open = goOn;
  }
  return used;
}
