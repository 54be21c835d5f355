import { seriesKey } from './baseline.ts';

/** Stages that a column name can begin with; a step of the pipeline is `step:<name>`. */
const STAGES = new Set(['input', 'feature', 'prediction', 'confidence', 'latency', 'outcome']);

/** What a column of a file stands for. */
export type ColumnTarget = { readonly stage: string; readonly field: string };

/**
 * The series that a column of a baseline file belongs to: `input.origin` is the field `origin` of the stage
 * `input`; a name without a stage in front, also one with other dots such as `petal.length`, is a `feature`.
 */
export function targetOfColumn(column: string): ColumnTarget {
  const dot = column.indexOf('.');
  const stage = column.slice(0, Math.max(0, dot));
  const field = column.slice(dot + 1);
  const isStage = STAGES.has(stage) || /^step:[A-Za-z0-9_-]+$/.test(stage);
  return isStage && field !== '' ? { stage, field } : { stage: 'feature', field: column };
}

/** The key of that series among those of a baseline. */
export function keyOfColumn(column: string): string {
  const { stage, field } = targetOfColumn(column);
  return seriesKey(stage, field);
}
