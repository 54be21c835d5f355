import type { AlertMessage } from '../alerting/alert.ts';
import type { StoredAlert } from '../alerting/judge-store.ts';
import type { AlertState } from '../alerting/state.ts';

/** An alert as SQL answers it. */
export type AlertRow = {
  readonly fingerprint: string;
  readonly model_version_id: number;
  readonly series_id: number | null;
  readonly group_name: string;
  readonly alertname: string;
  readonly labels: Record<string, string>;
  readonly machine: AlertState;
  readonly last_value: number | null;
  readonly message: AlertMessage | null;
};

/** The columns of `AlertRow`. */
export const ALERT_COLUMNS =
  'fingerprint, model_version_id, series_id, group_name, alertname, labels, machine, last_value, message';

/** The alert of a row. */
export function toAlert(row: AlertRow): StoredAlert {
  return {
    fingerprint: row.fingerprint,
    versionId: row.model_version_id,
    seriesId: row.series_id,
    group: row.group_name,
    alertname: row.alertname,
    labels: row.labels,
    state: row.machine,
    lastValue: row.last_value,
    message: row.message,
  };
}
