import type { SeriesKind } from '@tidemark/sketch';
import type { Losses } from '../losses.ts';
import type { ModelSpec } from '../model-options.ts';
import { isName } from '../names.ts';
import { type PairSpec, pairOf } from '../pair-options.ts';
import { type Expectation, Series, type TextFilter } from '../window/series.ts';
import { ColumnRoom } from './column-room.ts';
import { MAX_SLICED_SERIES, Slices } from './slices.ts';

export type { Series, SeriesKind };

/** Series of one model version; a field beyond is counted as the loss `field-limit`. */
export const MAX_SERIES = 500;
/** Memory for blocks of columns unless said otherwise. */
const ROOM_BYTES = 8 * 1024 * 1024;

/** What texts of a field are counted as; undefined where that is as they are. */
export type FilterOf = (stage: string, field: string) => TextFilter | undefined;

/** Bounds of one model version as the collector sent them last. */
export type PushedBounds = {
  /** 0 until something was sent. */
  readonly revision: number;
  readonly bounds: readonly {
    readonly stage: string;
    readonly field: string;
    readonly min?: number;
    readonly max?: number;
    readonly values?: readonly string[];
  }[];
  readonly confidenceFloor?: number;
};

const NO_BOUNDS: PushedBounds = Object.freeze({ revision: 0, bounds: [] });

/** One model version in this process: its description and the series found so far. */
export class ModelVersion {
  readonly spec: ModelSpec;
  readonly losses: Losses<ModelVersion>;
  readonly series: Series[] = [];
  /** Where recorders get memory for their blocks. */
  readonly room: ColumnRoom;
  readonly slices: Slices = new Slices(this);
  readonly pairs: readonly PairSpec[];
  /** What the collector wants guards to go by; whoever has seen another revision looks again. */
  pushed: PushedBounds = NO_BOUNDS;
  readonly #byName = new Map<string, Series>();
  readonly filterOf: FilterOf;
  #sliced = 0;

  constructor(
    spec: ModelSpec,
    losses: Losses<ModelVersion>,
    room: ColumnRoom = new ColumnRoom(ROOM_BYTES),
    filterOf: FilterOf = () => undefined,
  ) {
    this.spec = spec;
    this.losses = losses;
    this.room = room;
    this.filterOf = filterOf;
    this.pairs = spec.pairs.map(pairOf);
    for (const field of spec.fields) {
      const known = field.kind === 'category' && field.values !== undefined ? new Set(field.values) : undefined;
      const range = {
        ...(field.min !== undefined && { min: field.min }),
        ...(field.max !== undefined && { max: field.max }),
      };
      this.#add(field.stage, field.field, {
        kind: field.kind,
        ...(known && { known }),
        ...('min' in range || 'max' in range ? { range } : {}),
      });
    }
  }

  get model(): string {
    return this.spec.name;
  }

  get version(): string {
    return this.spec.version;
  }

  /** The series of a stage and field, found on first sight; else why there can be none. */
  find(stage: string, field: string): Series | 'field-limit' | 'field-name' {
    const found = this.#byName.get(nameOf(stage, field));
    if (found !== undefined) return found;
    if (!isName(field)) return 'field-name';
    if (this.#byName.size >= MAX_SERIES) return 'field-limit';
    return this.#add(stage, field, {});
  }

  /** The series of a field in a slice, made now; undefined, and counted as a loss, where there is no room for it. */
  addSliced(base: Series, slice: string): Series | undefined {
    if (this.#sliced >= MAX_SLICED_SERIES) {
      this.losses.add(this, 'slice-limit');
      return undefined;
    }
    const series = base.inSlice(this.series.length, slice);
    this.series.push(series);
    this.#sliced++;
    return series;
  }

  /** Fixes the kind of a series that has none yet. */
  determine(series: Series, kind: SeriesKind): void {
    series.determine(kind);
  }

  /** Names of the fields the description declares for a stage. */
  declared(stage: string): string[] {
    return this.spec.fields.filter((field) => field.stage === stage).map(({ field }) => field);
  }

  #add(stage: string, field: string, expectation: Expectation): Series {
    const filter = this.filterOf(stage, field);
    const series = new Series(this.series.length, stage, field, expectation, '', filter);
    this.series.push(series);
    this.#byName.set(nameOf(stage, field), series);
    return series;
  }
}

function nameOf(stage: string, field: string): string {
  return `${stage}\u0000${field}`;
}
