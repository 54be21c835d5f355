import { type Bounds, deletionBounds, type KeptFor, longest } from '../kept-for.ts';

/** Model versions that are kept for times of their own. */
export type VersionsKept = { readonly versionIds: readonly number[]; readonly keptFor: KeptFor };

/** Before which times (ms) rows of these model versions, or of all of them, go. */
export type RetentionRule = { readonly versionIds: readonly number[] | 'all'; readonly bounds: Bounds };

/**
 * What may be deleted at `now` (ms, event time): everything that nobody keeps any more, in one sweep over whole tables,
 * and beyond that the versions that are kept for less than the longest.
 * @param versions every model version once; those that are not named are kept for the longest time of all.
 */
export function retentionRules(keptFor: KeptFor, versions: readonly VersionsKept[], now: number): RetentionRule[] {
  const sweep = deletionBounds(longest([keptFor, ...versions.map((group) => group.keptFor)]), now);
  const shorter = versions
    .filter(({ versionIds }) => versionIds.length > 0)
    .map(({ versionIds, keptFor: own }) => ({ versionIds, bounds: deletionBounds(own, now) }))
    .filter(({ bounds }) => Object.entries(bounds).some(([kept, bound]) => bound > sweep[kept as keyof Bounds]));
  return [{ versionIds: 'all', bounds: sweep }, ...shorter];
}
