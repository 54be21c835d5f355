import { hushValue } from '../shield.ts';
import type { Series } from '../window/series.ts';
import type { WindowRecord } from '../window/window-record.ts';
import { addValue } from './add-value.ts';
import { ColumnBlock, type Layout, layoutOf } from './column-block.ts';
import { compileRecorder, NOTHING_NEW, type RecordColumns } from './compile.ts';
import type { ModelVersion } from './model-version.ts';
import type { Slice } from './slices.ts';

/**
 * One field a recorder reads: its name in the object, the series it goes to, and whether a category of it that is listed is
 * only counted: what is listed may leave, but is not always a declared value.
 */
export type Column = { readonly name: string; readonly series: Series; readonly plain: boolean };

// Fields are still being discovered in the first calls; compiling then would be thrown away.
const CALLS_BEFORE_COMPILING = 32;
// A block that gets fewer rows than this before its window changes costs more than it saves: times that jump about.
const FEW_ROWS = 8;
const ROWS_BETWEEN_TRIES = 1_024;

/** Code for the columns as they were: how they lie in a block, and how many of them had a kind. */
type Compiled = { readonly record: RecordColumns; readonly layout: Layout; readonly determined: number };

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
  #compiled: Compiled | undefined;
  #block: ColumnBlock | undefined;
  /** The name of the one column of the block, where it has one only. */
  #only: string | undefined;
  /** The last prototype that was asked for the names of columns, and whether it has one. */
  #prototype: object | undefined;
  #prototypeHasFields = false;
  /** Calls to go before code is made, or before a block is tried again. */
  #wait = CALLS_BEFORE_COMPILING;

  /**
   * @param mayCompile false keeps to the interpreted form, as where code generation is forbidden.
   * @param names the fields that are expected from the first call on.
   */
  constructor(version: ModelVersion, stage: string, mayCompile = true, names = version.declared(stage)) {
    this.#version = version;
    this.#stage = stage;
    this.#mayCompile = mayCompile;
    for (const name of names) this.#discover(name);
  }

  /** Adds the values of one inference to its window. */
  record(window: WindowRecord, fields: object): void {
    const block = this.#usableBlock(window);
    const present = block === undefined ? this.#oneByOne(fields, window) : this.#intoBlock(fields, block);
    const inherits = this.#inherits(fields);
    if (present === NOTHING_NEW && !inherits) return;
    const names = Object.keys(fields);
    if (names.length !== present || inherits) this.#addNew(window, fields as Record<string, unknown>, names);
  }

  /** Adds the value of one inference, where it has this field only. */
  recordOne(window: WindowRecord, field: string, value: unknown): void {
    const block = this.#block;
    if (block !== undefined && block.window === window && this.#only === field && !block.writing && block.put(value))
      return;
    this.record(window, { [field]: value });
  }

  /** Adds the values once more, to the series of a slice. After `record`, which finds the fields. */
  recordSlice(window: WindowRecord, slice: Slice, fields: object): void {
    for (const { name, series } of this.#columns) {
      const sliced = slice.seriesOf(series);
      if (sliced === undefined) continue;
      const value = Object.hasOwn(fields, name) ? (fields as Record<string, unknown>)[name] : undefined;
      addValue(this.#version, window, sliced, value);
    }
  }

  /** Whether a field may come from the prototype of these fields: how many values there were does not tell then. */
  #inherits(fields: object): boolean {
    const prototype: object | null = Object.getPrototypeOf(fields);
    if (prototype === Object.prototype || prototype === null) return false;
    if (prototype !== this.#prototype) {
      this.#prototype = prototype;
      this.#prototypeHasFields = this.#columns.some(({ name }) => name in prototype);
    }
    return this.#prototypeHasFields;
  }

  /** None while a row of it is being written: a getter of the caller's may call what is being recorded. */
  #usableBlock(window: WindowRecord): ColumnBlock | undefined {
    const block = this.#block;
    if (block?.writing === true) return undefined;
    return block?.window === window ? block : this.#blockOf(window);
  }

  #intoBlock(fields: object, block: ColumnBlock): number {
    block.writing = true;
    try {
      return (this.#compiled as Compiled).record(fields, block);
    } catch (error) {
      block.spoilRow();
      throw error;
    } finally {
      block.writing = false;
    }
  }

  /** The same work as the compiled form, column by column; returns how many values were there. */
  #oneByOne(fields: object, window: WindowRecord): number {
    let present = 0;
    for (const column of this.#columns) {
      const value = (fields as Record<string, unknown>)[column.name];
      if (this.#addOne(fields, column, window, value)) present++;
    }
    return present;
  }

  /** A block for a window that has none of this recorder yet; undefined while values are better added one by one. */
  #blockOf(window: WindowRecord): ColumnBlock | undefined {
    if (!this.#mayCompile || --this.#wait >= 0) return undefined;
    const last = this.#block;
    this.#block = undefined;
    if (last !== undefined && last.row < FEW_ROWS && !last.settled) {
      this.#wait = ROWS_BETWEEN_TRIES;
      return undefined;
    }
    const determined = this.#columns.filter(({ series }) => series.kind !== undefined).length;
    // Another recorder of the same series may have found its kind.
    if (this.#compiled?.determined !== determined) this.#compiled = this.#compile(determined);
    if (this.#compiled === undefined) {
      this.#wait = Number.POSITIVE_INFINITY;
      return undefined;
    }
    const { layout } = this.#compiled;
    const numbers = this.#columns.filter(({ series }) => series.kind === 'number').map(({ series }) => series);
    const counted = this.#columns.filter(({ series, plain }) => series.kind === 'category' && plain);
    this.#block = ColumnBlock.of(
      window,
      this.#version.room,
      layout,
      numbers,
      counted.map(({ series }) => series),
    );
    if (this.#block === undefined) this.#wait = ROWS_BETWEEN_TRIES;
    this.#only =
      this.#columns.length === 1 && numbers.length + counted.length === 1 ? this.#columns[0]?.name : undefined;
    return this.#block;
  }

  #compile(determined: number): Compiled | undefined {
    const layout = layoutOf(this.#columns.filter(({ series }) => series.kind === 'number').length);
    const record = compileRecorder(this.#columns, layout, this.#addOne);
    return record && { record, layout, determined };
  }

  /** Adds one value and says whether it was there. */
  readonly #addOne = (fields: object, column: Column, window: WindowRecord, value: unknown): boolean => {
    // Only what may come from a prototype needs the slower question.
    const own = typeof value === 'number' || typeof value === 'string' || Object.hasOwn(fields, column.name);
    const known = column.series.kind;
    addValue(this.#version, window, column.series, own ? value : undefined);
    if (!own) hushValue(value);
    if (column.series.kind !== known) this.#forgetCode();
    return own;
  };

  #addNew(window: WindowRecord, fields: Record<string, unknown>, names: readonly string[]): void {
    const refused = new Set<'field-limit' | 'field-name'>();
    for (const name of names) {
      if (this.#names.has(name)) continue;
      const series = this.#discover(name);
      if (typeof series === 'string') {
        refused.add(series);
        // As data only: what there is no room for is not worth running a getter.
        hushValue(Object.getOwnPropertyDescriptor(fields, name)?.value);
      } else addValue(this.#version, window, series, fields[name]);
    }
    for (const reason of refused) this.#version.losses.add(this.#version, reason);
  }

  #discover(name: string): Series | 'field-limit' | 'field-name' {
    const series = this.#version.find(this.#stage, name);
    if (typeof series !== 'string') {
      this.#columns.push({ name, series, plain: !series.hasKnown });
      this.#names.add(name);
      this.#prototype = undefined;
      this.#forgetCode();
    }
    return series;
  }

  /** The columns are others now. The block stays with its window, which drains it. */
  #forgetCode(): void {
    this.#compiled = undefined;
    this.#block = undefined;
    this.#wait = CALLS_BEFORE_COMPILING;
  }
}
