import { type SeriesKind, type SizeRule, Summary } from '@tidemark/sketch';
/** Counts by kind, as they stand in columns or JSON. */
export type StoredKinds = Readonly<
  Record<
    'valid' | 'missing' | 'nan' | 'positiveInfinity' | 'negativeInfinity' | 'wrongType' | 'outOfRange' | 'unseen',
    number
  >
>;
/** The byte forms of a series' sketches; null where there are no valid values or the kind has no such sketch. */
export type StoredBytes = {
  readonly digest: Uint8Array | null;
  readonly moments: Uint8Array | null;
  readonly categories: Uint8Array | null;
  readonly projections: Uint8Array | null;
};
/** Packs the sketches of a summary. */
export declare function packSketch(summary: Summary): StoredBytes;
/**
 * Rebuilds a summary, checking its bytes as if they came from outside.
 * @throws {SketchError} where they are damaged.
 */
export declare function unpackSketch(
  kind: SeriesKind,
  counts: StoredKinds,
  bytes: StoredBytes,
  sizeRule?: SizeRule,
): Summary;
