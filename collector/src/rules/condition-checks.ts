import { checkBudget } from './budget-checks.ts';
import type { Complain } from './complain.ts';
import { type Condition, overlap } from './condition.ts';
import type { Block } from './inherit.ts';
import { measureNamed } from './measure.ts';
import { at, type Raw, textAt } from './raw.ts';
import { conditionAt, measureIn } from './read-raw.ts';
import { ROW_SHARES } from './rule.ts';

/** What a schema cannot see in `fire` and `clear`: that one is missing, that both hold at once, that no value reaches them. */
export function checkConditions(
  rule: Raw,
  block: Block | null,
  path: readonly (string | number)[],
  complain: Complain,
): void {
  if (block === 'composite') {
    for (const key of ['fire', 'clear'] as const)
      if (at(rule, key) !== undefined)
        complain([...path, key], `a composite fires when it holds and takes no ${key}`, 'key');
    return;
  }
  if (at(rule, 'fire') === undefined) complain(path, "'fire' is missing here");
  const isMapping = typeof at(rule, 'fire') === 'object';
  const fire = isMapping ? conditionAt(at(rule, 'fire'), 'effect') : conditionAt(rule, 'fire');
  const clear = conditionAt(rule, 'clear');
  if (fire && clear && overlap(fire, clear)) {
    complain([...path, 'clear'], `contradicts fire: some values are both '${fire.text}' and '${clear.text}'`);
  }
  if (block === null) return;
  if (isMapping) checkBudget(rule, block, path, complain);
  for (const [where, one] of [
    [isMapping ? ['fire', 'effect'] : ['fire'], fire],
    [['clear'], clear],
  ] as const) {
    const complaint = one && unreachable(one, block, at(rule, block));
    if (complaint) complain([...path, ...where], complaint);
  }
}

const SHARES: readonly string[] = [...ROW_SHARES, 'error_share'];
const COUNTS: readonly string[] = ['rows', 'rows_ratio', 'reports'];

/** A bound outside what the measure can reach is a slip, such as a percentage where a share belongs. */
function unreachable(condition: Condition, block: Block, raw: Raw): string | null {
  const measure = measureIn(block, raw);
  if (measure === null) return null;
  const unit = measureNamed(measure)?.unit;
  if ((unit === 'share' || SHARES.includes(measure)) && (condition.bound < 0 || condition.bound > 1)) {
    return `'${measure}' is a share, 0 to 1, so '${condition.text}' means nothing; 5 % is written 0.05`;
  }
  const startsAtZero =
    unit === 'index' || COUNTS.includes(measure) || block === 'latency' || textAt(raw, 'direction') === 'both';
  return startsAtZero && condition.bound < 0 ? `'${measure}' is never below 0` : null;
}
