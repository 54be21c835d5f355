import { BASELINE_SIZE_RULE, Summary } from '@tidemark/sketch';
import {
  type BaselineSeries,
  type BaselineWindow,
  type NewBaselineSeries,
  seriesKey,
} from '../../../collector/src/baseline/baseline.ts';
import { makeBins } from '../../../collector/src/drift/bins.ts';
import { type Random, randomOf } from '../../../collector/src/drift/random.ts';
import { type Column, summaryOf } from './column.ts';
import type { Effort } from './effort.ts';
import { CONFIDENCE, FEATURES, LABELLED, LATENCY, PREDICTED, type Shape } from './shapes.ts';
import { type FieldStream, HOUR_MS, type ModelStream, ofHours } from './stream.ts';

/** One field of a made-up model. Names are never twice in a model. */
type MadeField = { readonly stage: string; readonly field: string; readonly shape: Shape };

const FIELDS: readonly MadeField[] = [
  ...FEATURES.map((shape) => ({ stage: 'feature', field: shape.name, shape })),
  { stage: 'prediction', field: 'score', shape: PREDICTED },
  { stage: 'prediction', field: 'label', shape: LABELLED },
  { stage: 'confidence', field: 'value', shape: CONFIDENCE },
  { stage: 'latency', field: 'total', shape: LATENCY },
];

/** Judging begins here, on a Monday at midnight; the four weeks before are the baseline. In hours since the epoch. */
export const START = Date.UTC(2001, 0, 1) / HOUR_MS;
const BASELINE_HOURS = 28 * 24;

/** A day of windows, and the hour that is being judged. */
const KEPT = 25;

/** How one model is changed from some hour on; the same for every field that is not meant. */
export type Change = {
  readonly from: number;
  /** What comes under the name of a field; `draw` gives what would have come under any. */
  readonly column?: (field: string, draw: (field: string) => Column, random: Random) => Column;
  readonly rows?: (rows: number) => number;
  readonly errors?: (rows: number) => number;
};

/** A model of the fleet, served as always or with a change. */
export type MadeModel = (change?: Change) => ModelStream;

/** A model whose fields do not drift. What it draws depends on its number and the effort alone. */
export function madeModel(number: number, { rowsPerHour, baselineRowsPerHour, days }: Effort): MadeModel {
  const model = `model-${number}`;
  const drawn = ({ stage, field, shape }: MadeField, n: number, hour: number): Column =>
    shape.draw(randomOf(`${model}/${stage}/${field}/${hour}`), n, hour);
  const usual = (hour: number) => rowsAt(`${model}/rows/${hour}`, rowsPerHour, hour);
  const series = FIELDS.map((one): [string, NewBaselineSeries] => {
    const { stage, field, shape } = one;
    const summary = new Summary(shape.kind, { sizeRule: BASELINE_SIZE_RULE });
    const windows = Array.from({ length: BASELINE_HOURS }, (_, i): BaselineWindow => {
      const hour = START - BASELINE_HOURS + i;
      const window = summaryOf(shape.kind, [drawn(one, rowsAt(`${hour}`, baselineRowsPerHour, hour), hour)]);
      summary.merge(window);
      return { start: hour * HOUR_MS, summary: window };
    });
    return [seriesKey(stage, field), { stage, field, kind: shape.kind, summary, bins: makeBins(summary), windows }];
  });
  const baseline = { id: number, name: 'training', model, version: '1', series: new Map(series) };
  const byKey = baseline.series;
  const baselineHours = ({ stage, field }: BaselineSeries) => byKey.get(seriesKey(stage, field))?.windows ?? [];
  return (change) => {
    const isChanged = (hour: number) => change !== undefined && hour >= change.from;
    const rowsOf = (hour: number) =>
      isChanged(hour) && change?.rows !== undefined ? change.rows(usual(hour)) : usual(hour);
    const errorsOf = (hour: number) =>
      isChanged(hour) && change?.errors !== undefined
        ? change.errors(rowsOf(hour))
        : randomOf(`${model}/errors/${hour}`).binomial(rowsOf(hour), 0.005);
    const fields = FIELDS.map((field): FieldStream => {
      const spanOf = ofHours(KEPT, (hour) => {
        const rows = rowsOf(hour);
        if (rows === 0) return null;
        const draw = (name: string) => drawn(FIELDS.find((one) => one.field === name)!, rows, hour);
        const column =
          isChanged(hour) && change?.column !== undefined
            ? change.column(field.field, draw, randomOf(`${model}/change/${hour}`))
            : draw(field.field);
        return summaryOf(field.shape.kind, [column]);
      });
      return { stage: field.stage, field: field.field, kind: field.shape.kind, spanOf };
    });
    const firstHour = START - BASELINE_HOURS;
    return { model, firstHour, lastHour: START + days * 24, rowsOf, errorsOf, fields, baseline, baselineHours };
  };
}

/** Rows of an hour: half as many at night as on average and half as many more at noon, a fifth fewer at weekends, and chance. */
function rowsAt(seed: string, mean: number, hour: number): number {
  const ofDay = 1 - 0.5 * Math.cos((2 * Math.PI * (hour - 1)) / 24);
  // The epoch began on a Thursday.
  const weekday = (Math.floor(hour / 24) + 3) % 7;
  const expected = mean * ofDay * (weekday >= 5 ? 0.8 : 1);
  return Math.max(1, Math.round(expected * (1 + 0.05 * randomOf(seed).normal())));
}
