import type { LossReason } from '../losses.ts';
import type { Window } from '../record/capture.ts';
import { addColumns } from '../record/columns.ts';
import { ConfidenceSeries } from '../record/confidence-series.ts';
import { MAX_SERIES, type ModelVersion, type Series, type SeriesKind } from '../record/model-version.ts';
import { addVectors, MAX_COMPONENTS } from '../record/projected.ts';
import { RankedSeries } from '../record/ranked.ts';
import type { RowSample } from '../record/row-sample.ts';
import type { Table } from '../record/tensor.ts';
import { outputOf, type SessionOptions, type VectorOptions } from './session-options.ts';

/** One tensor by name that is recorded, and how: given the picked rows; false where its values cannot be. */
export type Reading = {
  readonly name: string;
  /** How many columns have names, see `shapeOf`. */
  readonly columns: number;
  readonly add: (window: Window, table: Table, type: string, picked: RowSample) => boolean;
};

/** An answer of more columns is one vector, not so many fields. */
export const MAX_COLUMNS = 64;

/** What is read of the runs of one session, made once from its options. */
export class SessionPlan {
  readonly inputs: readonly Reading[];
  readonly outputs: readonly Reading[];
  readonly #version: ModelVersion;

  constructor(version: ModelVersion, inputNames: readonly string[], options: SessionOptions) {
    this.#version = version;
    const vectors = Object.entries(options.vectors ?? {});
    const isInput = ([name]: readonly [string, unknown]) => inputNames.includes(name);
    this.inputs = [
      ...Object.entries(options.features ?? {}).map(([name, columns]) => this.#features(name, columns)),
      ...vectors.filter(isInput).map(([name, how]) => this.#vectors(name, 'feature', how)),
    ];
    this.outputs = [
      ...this.#prediction(options.prediction),
      ...this.#confidence(options.confidence),
      ...vectors.filter((entry) => !isInput(entry)).map(([name, how]) => this.#vectors(name, 'prediction', how)),
    ];
  }

  #features(name: string, names: readonly string[]): Reading {
    const version = this.#version;
    const columns = names.map((column) => this.#series('feature', column));
    return {
      name,
      columns: columns.length,
      add(window, table, _type, picked) {
        addColumns(version, window, columns, table, picked);
        return true;
      },
    };
  }

  #vectors(name: string, stage: string, { field = name, sample = MAX_COMPONENTS, ...own }: VectorOptions): Reading {
    const version = this.#version;
    const series = this.#series(own.stage ?? stage, field, 'vector');
    return {
      name,
      columns: 0,
      add: (window, table, _type, picked) =>
        series === undefined || addVectors(version, window, series, table, picked, sample),
    };
  }

  #prediction(option: SessionOptions['prediction']): readonly Reading[] {
    const name = outputOf(option);
    if (name === undefined) return [];
    const { kind = undefined, ranked = undefined } = typeof option === 'object' ? option : {};
    if (ranked !== undefined) {
      const series = new RankedSeries(this.#version, ranked);
      return [
        {
          name,
          columns: 1,
          add(window, table, _type, picked) {
            series.addRows(window, table, picked);
            return true;
          },
        },
      ];
    }
    const answer = new AnswerColumns(this.#version, kind);
    return [{ name, columns: 1, add: (window, table, type, picked) => answer.add(window, table, type, picked) }];
  }

  #confidence(option: SessionOptions['confidence']): readonly Reading[] {
    const name = outputOf(option);
    if (name === undefined) return [];
    const from = typeof option === 'object' ? option.from : undefined;
    const series = new ConfidenceSeries(this.#version, from, (field) => this.#series('confidence', field));
    return [{ name, columns: 1, add: (window, table, _type, picked) => series.add(window, table, picked) }];
  }

  #series(stage: string, field: string, kind?: SeriesKind): Series | undefined {
    const version = this.#version;
    const series = version.find(stage, field);
    if (typeof series === 'string') {
      version.losses.add(version, series);
      return undefined;
    }
    if (kind !== undefined) version.determine(series, kind);
    return series;
  }
}

/** The columns of an answer, found when it is first seen: only then is known how many there are, and of which type. */
class AnswerColumns {
  readonly #version: ModelVersion;
  readonly #kind: 'number' | 'category' | undefined;
  readonly #columns: (Series | undefined)[] = [];
  #vector: Series | undefined;

  constructor(version: ModelVersion, kind: 'number' | 'category' | undefined) {
    this.#version = version;
    this.#kind = kind;
  }

  add(window: Window, table: Table, type: string, picked: RowSample): boolean {
    const kind = this.#kind ?? (type.startsWith('float') ? 'number' : 'category');
    if (kind === 'number' && table.width > MAX_COLUMNS) return this.#addVectors(window, table, picked);
    if (table.width > this.#columns.length) this.#find(table, kind);
    // Of a category a column, as many as there may be series.
    if (table.width > this.#columns.length || this.#columns.includes(undefined)) this.#lose('field-limit', table.rows);
    addColumns(this.#version, window, this.#columns, table, picked);
    return true;
  }

  #addVectors(window: Window, table: Table, picked: RowSample): boolean {
    this.#vector ??= this.#series('value', 'vector');
    if (this.#vector === undefined) {
      this.#lose('field-limit', table.rows);
      return true;
    }
    return addVectors(this.#version, window, this.#vector, table, picked, MAX_COMPONENTS);
  }

  #find(table: Table, kind: 'number' | 'category'): void {
    const width = Math.min(table.width, MAX_SERIES);
    for (let column = this.#columns.length; column < width; column++) {
      this.#columns.push(this.#series(table.width === 1 ? 'value' : `value_${column}`, kind));
    }
  }

  #series(field: string, kind: SeriesKind): Series | undefined {
    const series = this.#version.find('prediction', field);
    if (typeof series === 'string') return undefined;
    this.#version.determine(series, kind);
    return series;
  }

  #lose(reason: LossReason, count: number): void {
    this.#version.losses.add(this.#version, reason, count);
  }
}
