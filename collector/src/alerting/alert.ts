/** How bad an alert is; maps one to one to PagerDuty's severities. */
export const SEVERITIES = ['critical', 'error', 'warning', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Why a firing alert ended. */
export type ResolveReason = 'cleared' | 'rule_removed' | 'version_superseded' | 'series_gone';

/**
 * What one alert says when somebody is told of it: a snapshot, complete in itself, so that a
 * delivery can be made long after and by another process. All times are milliseconds since the
 * epoch, in the event time of the data that was judged.
 */
export type AlertMessage = {
  readonly kind: 'firing' | 'resolved';
  /** Hash of the sorted labels: the same series judged by the same rule has one for ever. */
  readonly fingerprint: string;
  /** One life of the alert; counts up from 1 for a fingerprint. */
  readonly episode: number;
  /** Name of the rule, the label `alertname`. */
  readonly alertname: string;
  readonly group: string;
  readonly severity: Severity;
  /** Includes `alertname`, `severity`, `model`, `version`, `stage`, `field` and `slice` where they apply. */
  readonly labels: Readonly<Record<string, string>>;
  /** Filled-in templates; `summary` is always there, `description` and `runbook_url` where the rule has them. */
  readonly annotations: Readonly<Record<string, string>>;
  readonly model: string;
  readonly version: string;
  /** Measure that was judged, such as `psi` or `null_share`. */
  readonly measure: string;
  readonly value: number;
  /** The rule's condition in its own words, such as `> 0.25`. */
  readonly threshold: string;
  /** Valid values in the judged span. */
  readonly samples: number;
  /** Name of the baseline that was compared with, or null where the measure needs none. */
  readonly baseline: string | null;
  /** First tick at which the condition held. */
  readonly activeAt: number;
  readonly firedAt: number;
  /** null while firing. */
  readonly resolvedAt: number | null;
  readonly resolveReason: ResolveReason | null;
  /** Span that was judged, half-open. */
  readonly spanFrom: number;
  readonly spanTo: number;
  /** Plain-text findings of what moved, most important first; may be empty. */
  readonly evidence: readonly string[];
  /** Where to look at it, or null where the collector has no public address. */
  readonly url: string | null;
};
