import type { Series } from '../window/series.ts';
import type { WindowRecord } from '../window/window-record.ts';
import { addValue } from './add-value.ts';
import { compileRecorder, type RecordColumns } from './compile.ts';
import type { ModelVersion } from './model-version.ts';

/** One field a recorder reads: its name in the object and the series it goes to. */
export type Column = { readonly name: string; readonly series: Series };

// Fields are still being discovered in the first calls; compiling then would be thrown away.
const CALLS_BEFORE_COMPILING = 32;

/**
 * Records the named values of one extractor of one wrapped function. A field once seen, or declared, that is not
 * among the own values of a later object counts as missing there.
 */
export class Recorder {
  readonly #version: ModelVersion;
  readonly #stage: string;
  readonly #columns: Column[] = [];
  readonly #names = new Set<string>();
  readonly #mayCompile: boolean;
  #compiled: RecordColumns | undefined;
  #generation = -1;
  #calls = 0;

  /** @param mayCompile false keeps to the interpreted form, as where code generation is forbidden. */
  constructor(version: ModelVersion, stage: string, mayCompile = true) {
    this.#version = version;
    this.#stage = stage;
    this.#mayCompile = mayCompile;
    for (const name of version.declared(stage)) this.#discover(name);
  }

  /** Adds the values of one inference to its window. */
  record(window: WindowRecord, fields: object): void {
    const present = this.#columnsRecorder()(fields, window);
    const names = Object.keys(fields);
    if (names.length !== present) this.#addNew(window, fields as Record<string, unknown>, names);
  }

  #columnsRecorder(): RecordColumns {
    const { generation } = this.#version;
    if (generation !== this.#generation) {
      this.#generation = generation;
      this.#compiled = undefined;
      this.#calls = 0;
    }
    if (this.#compiled !== undefined) return this.#compiled;
    if (this.#mayCompile && ++this.#calls > CALLS_BEFORE_COMPILING) {
      this.#compiled = compileRecorder(this.#columns, this.#addOne) ?? this.#interpreted;
      return this.#compiled;
    }
    return this.#interpreted;
  }

  /** The same work as the compiled form, column by column; returns how many values were there. */
  readonly #interpreted: RecordColumns = (fields, window) => {
    let present = 0;
    for (const { name, series } of this.#columns) {
      const value = (fields as Record<string, unknown>)[name];
      if (this.#addOne(fields, name, series, window, value)) present++;
    }
    return present;
  };

  /** Adds one value and says whether it was there. */
  readonly #addOne = (fields: object, name: string, series: Series, window: WindowRecord, value: unknown): boolean => {
    // Only what may come from a prototype needs the slower question.
    const own = typeof value === 'number' || typeof value === 'string' || Object.hasOwn(fields, name);
    addValue(this.#version, window, series, own ? value : undefined);
    return own;
  };

  #addNew(window: WindowRecord, fields: Record<string, unknown>, names: readonly string[]): void {
    const refused = new Set<'field-limit' | 'field-name'>();
    for (const name of names) {
      if (this.#names.has(name)) continue;
      const series = this.#discover(name);
      if (typeof series === 'string') refused.add(series);
      else addValue(this.#version, window, series, fields[name]);
    }
    for (const reason of refused) this.#version.losses.add(this.#version, reason);
  }

  #discover(name: string): Series | 'field-limit' | 'field-name' {
    const series = this.#version.find(this.#stage, name);
    if (typeof series !== 'string') {
      this.#columns.push({ name, series });
      this.#names.add(name);
      this.#generation = -1;
    }
    return series;
  }
}
