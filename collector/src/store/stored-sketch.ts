import {
  Categories,
  Digest,
  Kinds,
  Moments,
  PairMoments,
  Projections,
  type SeriesKind,
  type SizeRule,
  Summary,
} from '@tidemark/sketch';

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
  /** Of numbers, or of pairs. */
  readonly moments: Uint8Array | null;
  readonly categories: Uint8Array | null;
  readonly projections: Uint8Array | null;
};

/** Packs the sketches of a summary; those that are `passing` are good until the next are packed. */
export function packSketch(summary: Summary, lifetime: 'own' | 'passing' = 'own'): StoredBytes {
  const filled = summary.kinds.valid > 0;
  const isNumber = filled && summary.kind === 'number';
  const bytesOf = (sketch: Digest | Categories) => (lifetime === 'own' ? sketch.toBytes() : sketch.passingBytes());
  return {
    digest: isNumber ? bytesOf(summary.digest) : null,
    moments: filled ? momentsBytes(summary) : null,
    categories: filled && summary.kind === 'category' ? bytesOf(summary.categories) : null,
    projections: filled && summary.kind === 'vector' ? summary.projections.toBytes() : null,
  };
}

/**
 * Rebuilds a summary, checking its bytes as if they came from outside; nobody may change them from then on. Digests are unpacked at
 * once, as what is read from a store is looked at or merged, which reads packed ones a second time.
 * @throws {SketchError} where they are damaged.
 */
export function unpackSketch(kind: SeriesKind, counts: StoredKinds, bytes: StoredBytes, sizeRule?: SizeRule): Summary {
  const kinds = Object.assign(new Kinds(), counts);
  const options = sizeRule === undefined ? {} : { sizeRule };
  const { digest, moments, categories, projections } = bytes;
  return Summary.fromParts(
    kind,
    {
      kinds,
      ...(digest === null ? {} : { digest: Digest.fromBytes(digest) }),
      ...(moments === null ? {} : momentsOf(kind, moments)),
      ...(categories === null ? {} : { categories: Categories.over(categories) }),
      ...(projections === null ? {} : { projections: Projections.fromBytes(projections) }),
    },
    options,
  );
}

function momentsBytes(summary: Summary): Uint8Array | null {
  if (summary.kind === 'number') return summary.moments.toBytes();
  return summary.kind === 'pair' ? summary.pairs.toBytes() : null;
}

function momentsOf(
  kind: SeriesKind,
  bytes: Uint8Array,
): { readonly moments: Moments } | { readonly pairs: PairMoments } {
  return kind === 'pair' ? { pairs: PairMoments.fromBytes(bytes) } : { moments: Moments.fromBytes(bytes) };
}
