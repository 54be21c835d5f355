import type { VersionChoice } from './rule.ts';
import type { VersionInfo } from './source.ts';

/**
 * The versions of one model that a rule judges at a tick. A version serves where it was seen within one window of
 * the model's last sign of life: when all traffic pauses, the versions that served until then stay chosen, so their
 * alerts freeze instead of ending, while a version that stopped as others went on is out. `latest` is the newest of
 * those by first sight, which after a roll-back is the old one again. What happened after the tick plays no part.
 */
export function liveVersions(
  versions: readonly VersionInfo[],
  choice: VersionChoice,
  tick: number,
  windowMs: number,
): VersionInfo[] {
  const seen = versions.filter((one) => one.firstSeen < tick);
  if (choice.kind === 'named') return seen.filter((one) => one.version === choice.version);
  const lastSign = (one: VersionInfo): number => Math.min(one.lastSeen, tick);
  const activity = Math.max(...seen.map(lastSign));
  const live = seen.filter((one) => lastSign(one) > activity - windowMs);
  live.sort((a, b) => b.firstSeen - a.firstSeen || b.id - a.id);
  return choice.kind === 'latest' ? live.slice(0, 1) : live;
}
