import type { AlertMessage } from '../../../collector/src/alerting/alert.ts';
import type { Delivery } from '../../../collector/src/notify/translation.ts';

const MINUTE = 60_000;
const SPAN_TO = Date.UTC(2001, 2, 4, 5);

/** An alert as the rules would make it. */
export const FIRING: AlertMessage = {
  kind: 'firing',
  fingerprint: 'f00dfeedf00dfeed',
  episode: 2,
  alertname: 'FeatureDrift',
  group: 'flights',
  severity: 'critical',
  labels: {
    alertname: 'FeatureDrift',
    severity: 'critical',
    model: 'flight-delay',
    version: '2001-02',
    stage: 'feature',
    field: 'distance',
    slice: 'origin=ATL',
  },
  annotations: {
    summary: 'distance of flight-delay drifted',
    description: 'Miles & kilometres <mixed up>?',
    runbook_url: 'https://runbooks.example/drift',
  },
  model: 'flight-delay',
  version: '2001-02',
  measure: 'psi',
  value: 0.412345,
  threshold: '> 0.25',
  samples: 12_345,
  baseline: 'january',
  activeAt: SPAN_TO,
  firedAt: SPAN_TO + 15 * MINUTE,
  resolvedAt: null,
  resolveReason: null,
  spanFrom: SPAN_TO - 45 * MINUTE,
  spanTo: SPAN_TO + 15 * MINUTE,
  evidence: ['median 580 -> 933', '95 % of the shift is in origin=ATL'],
  url: 'https://tidemark.example/alerts/f00d?from=1&to=2',
};

/** The same alert when it has ended. */
export const RESOLVED: AlertMessage = {
  ...FIRING,
  kind: 'resolved',
  value: 0.08,
  resolvedAt: SPAN_TO + 135 * MINUTE,
  resolveReason: 'cleared',
  spanFrom: SPAN_TO + 75 * MINUTE,
  spanTo: SPAN_TO + 135 * MINUTE,
};

/** Every text far too long, of the characters that cost most where they are escaped. */
export function swollen(filler: string): AlertMessage {
  const text = filler.repeat(5_000);
  return {
    ...FIRING,
    alertname: text,
    group: text,
    labels: {
      ...Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`label_${index}`, text])),
      stage: text,
      field: text,
      slice: text,
    },
    annotations: { summary: text, description: text, runbook_url: `https://runbooks.example/?${text}` },
    model: text,
    version: text,
    measure: text,
    threshold: text,
    baseline: text,
    evidence: Array.from({ length: 100 }, () => text),
    url: `https://tidemark.example/?${text}`,
  };
}

/** Fillers of one to four UTF-8 bytes, of several code points, and of those that are escaped. */
export const FILLERS = ['a', 'é', '漢', '😀', '👩‍👩‍👧', '"', '\\', '&', '<>', '\u0001', '\ud800', 'a b\n'];

/** A row of the outbox. */
export function deliveryOf(message: AlertMessage, over: Partial<Delivery> = {}): Delivery {
  return { id: 7, receiver: 'oncall', dedupKey: 'k'.repeat(64), message, attempt: 1, createdAt: 0, ...over };
}
