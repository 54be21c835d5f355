import type { ResolveReason } from '../../../collector/src/alerting/alert.ts';

const each: Record<ResolveReason, true> = {
  cleared: true,
  rule_removed: true,
  version_superseded: true,
  series_gone: true,
};

/** Every reason there is; the record above makes the compiler notice a new one. */
export const RESOLVE_REASONS = Object.keys(each) as ResolveReason[];
