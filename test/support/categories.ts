/** How often each value is there. */
export function countsOf(values: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

/** `count` names drawn from `ranks` ones, of which the one of rank r is about r^-1.2 times as likely as the first. */
export function namesByRank(count: number, ranks: number, random: () => number): string[] {
  let sum = 0;
  const upTo = Float64Array.from({ length: ranks }, (_, index) => {
    sum += (index + 1) ** -1.2;
    return sum;
  });
  return Array.from({ length: count }, () => {
    const at = random() * sum;
    let [low, high] = [0, ranks - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (upTo[middle]! > at) high = middle;
      else low = middle + 1;
    }
    return `name-${low}`;
  });
}
