import { Categories, Digest, Kinds, Moments, Projections, Summary } from '@tidemark/sketch';
/** Packs the sketches of a summary. */
export function packSketch(summary) {
  const filled = summary.kinds.valid > 0;
  const isNumber = filled && summary.kind === 'number';
  return {
    digest: isNumber ? summary.digest.toBytes() : null,
    moments: isNumber ? summary.moments.toBytes() : null,
    categories: filled && summary.kind === 'category' ? summary.categories.toBytes() : null,
    projections: filled && summary.kind === 'vector' ? summary.projections.toBytes() : null,
  };
}
/**
 * Rebuilds a summary, checking its bytes as if they came from outside.
 * @throws {SketchError} where they are damaged.
 */
export function unpackSketch(kind, counts, bytes, sizeRule) {
  const kinds = Object.assign(new Kinds(), counts);
  const options = sizeRule === undefined ? {} : { sizeRule };
  const { digest, moments, categories, projections } = bytes;
  return Summary.fromParts(
    kind,
    {
      kinds,
      ...(digest === null ? {} : { digest: Digest.fromBytes(digest) }),
      ...(moments === null ? {} : { moments: Moments.fromBytes(moments) }),
      ...(categories === null ? {} : { categories: Categories.fromBytes(categories) }),
      ...(projections === null ? {} : { projections: Projections.fromBytes(projections) }),
    },
    options,
  );
}
