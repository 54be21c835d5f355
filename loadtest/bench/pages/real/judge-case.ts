import { type Fired, firedIn, tabularRules } from '../fired.ts';
import type { Case, Known } from './cases.ts';
import { tableStream } from './table-stream.ts';

/** What was told of a file. Rows are those of the file as it is served. */
export type CaseJudged = {
  readonly name: string;
  readonly rows: number;
  readonly fields: number;
  /** What is known, the rule that told of it first, and how many rows after it began; null where none did. */
  readonly known: readonly {
    readonly what: string;
    readonly field: string;
    readonly alert: string | null;
    readonly rowsLater: number | null;
  }[];
  /** Told of fields that ought to be quiet. */
  readonly wrong: readonly string[];
  /** Everything else that was told: by field, which rules and how often. Whether it is true nobody has written down. */
  readonly others: readonly { readonly field: string; readonly alerts: Readonly<Record<string, number>> }[];
};

/** Serves a file and judges it from the end of its baseline to its last row. */
export async function judgeCase(one: Case): Promise<CaseJudged> {
  const { served, reference, judgedFrom } = await one.load();
  const { hours, table } = served;
  const stream = tableStream(one.name, served, reference, one.predictions ?? []);
  const fired = await firedIn([stream], tabularRules(), hours[judgedFrom]!, hours.at(-1)! + 1);
  // An alert at a tick rests on the rows before it.
  const rowOf = ({ tick }: Fired) => hours.findLastIndex((hour) => hour < tick);
  const tells = (alert: Fired, known: Known) =>
    alert.field === known.field &&
    known.alerts.includes(alert.alert) &&
    rowOf(alert) >= known.from &&
    rowOf(alert) <= known.to;
  const isWrong = (alert: Fired) =>
    one.quiet.some(
      ({ field, until }) => (field === '*' || field === alert.field) && (until === undefined || rowOf(alert) < until),
    );
  const others = fired.filter((alert) => !isWrong(alert) && !one.known.some((known) => tells(alert, known)));
  return {
    name: one.name,
    rows: table.rows - judgedFrom,
    fields: table.columns.length,
    known: one.known.map((known) => {
      const first = fired.find((alert) => tells(alert, known));
      const { what, field } = known;
      return { what, field, alert: first?.alert ?? null, rowsLater: first ? rowOf(first) - known.from : null };
    }),
    wrong: fired.filter(isWrong).map((alert) => `${alert.alert} of ${alert.field} at row ${rowOf(alert)}`),
    others: [...Map.groupBy(others, ({ field }) => field ?? 'all')].map(([field, alerts]) => ({
      field,
      alerts: Object.fromEntries(
        [...Map.groupBy(alerts, ({ alert }) => alert)].map(([name, all]) => [name, all.length]),
      ),
    })),
  };
}
