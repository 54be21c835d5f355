import { create } from '@bufbuild/protobuf';
import {
  Categories,
  Digest,
  Kinds,
  Moments,
  PairMoments,
  Projections,
  type SeriesKind,
  SketchError,
  Summary,
  type SummaryParts,
} from '@tidemark/sketch';
import { checkMost, checkName, checkStage, toCount } from './checks.ts';
import {
  type Kinds as KindsMessage,
  KindsSchema,
  SeriesKind as SeriesKindMessage,
  type Summary as SummaryMessage,
  SummarySchema,
} from './gen/tidemark/v1/summary_pb.ts';
import { LIMITS } from './limits.ts';
import { WireError } from './wire-error.ts';

/** Where a summary belongs within a model version and window. */
export type SeriesName = { readonly stage: string; readonly field: string; readonly slice: string };

const KIND_FIELDS = [
  'valid',
  'missing',
  'nan',
  'positiveInfinity',
  'negativeInfinity',
  'wrongType',
  'outOfRange',
  'unseen',
] as const satisfies readonly (keyof Kinds & keyof KindsMessage)[];

const KIND_MESSAGES = {
  number: SeriesKindMessage.NUMBER,
  category: SeriesKindMessage.CATEGORY,
  vector: SeriesKindMessage.VECTOR,
  pair: SeriesKindMessage.PAIR,
} as const satisfies Record<SeriesKind, SeriesKindMessage>;

/** The sketches that a summary of each kind carries, where it has valid values. */
const PARTS_OF_KIND = {
  number: ['digest', 'moments'],
  category: ['categories'],
  vector: ['projections'],
  pair: ['moments'],
} as const satisfies Record<SeriesKind, readonly (keyof SummaryMessage & keyof SummaryParts)[]>;
const NO_PARTS: readonly string[] = [];
const PARTS = [...new Set(Object.values(PARTS_OF_KIND).flat())];

/** Packs a summary for the wire; the summary itself is unchanged. */
export function encodeSummary(series: SeriesName, summary: Summary): SummaryMessage {
  const kinds = create(KindsSchema);
  for (const field of KIND_FIELDS) kinds[field] = BigInt(summary.kinds[field]);
  const message = create(SummarySchema, { ...series, kinds, kind: KIND_MESSAGES[summary.kind] });
  if (summary.kinds.valid === 0) return message;
  switch (summary.kind) {
    case 'number':
      message.digest = summary.digest.toBytes();
      message.moments = summary.moments.toBytes();
      break;
    case 'category':
      message.categories = summary.categories.toBytes();
      break;
    case 'vector':
      message.projections = summary.projections.toBytes();
      break;
    case 'pair':
      message.moments = summary.pairs.toBytes();
  }
  return message;
}

/**
 * Unpacks a summary and checks everything before use. What is unpacked may stand in the bytes of the message, which nobody
 * changes from then on.
 * @throws {WireError} `bad_name` or `malformed`, saying what was expected and what came.
 */
export function decodeSummary(message: SummaryMessage): SeriesName & { readonly summary: Summary } {
  const { stage, field, slice } = message;
  checkStage(stage);
  checkName('field', field);
  if (slice !== '') checkName('slice', slice);
  const kinds = decodeKinds(message.kinds);
  try {
    return { stage, field, slice, summary: decodeParts(message, kinds) };
  } catch (error) {
    if (error instanceof SketchError) {
      throw new WireError('malformed', `${stage}/${field}: ${error.message}`, { cause: error });
    }
    throw error;
  }
}

function decodeKinds(message: KindsMessage | undefined): Kinds {
  if (message === undefined) throw new WireError('malformed', 'kinds: expected counts, got none');
  const kinds = new Kinds();
  // One by one: by way of their names it takes several times as long, for every summary that arrives.
  kinds.valid = toCount('kinds.valid', message.valid);
  kinds.missing = toCount('kinds.missing', message.missing);
  kinds.nan = toCount('kinds.nan', message.nan);
  kinds.positiveInfinity = toCount('kinds.positiveInfinity', message.positiveInfinity);
  kinds.negativeInfinity = toCount('kinds.negativeInfinity', message.negativeInfinity);
  kinds.wrongType = toCount('kinds.wrongType', message.wrongType);
  kinds.outOfRange = toCount('kinds.outOfRange', message.outOfRange);
  kinds.unseen = toCount('kinds.unseen', message.unseen);
  if (kinds.outOfRange > kinds.valid || kinds.unseen > kinds.valid) {
    throw new WireError('malformed', 'kinds: out_of_range and unseen count valid values and cannot exceed them');
  }
  return kinds;
}

function decodeParts(message: SummaryMessage, kinds: Kinds): Summary {
  const kind = decodeKind(message.kind);
  const expected: readonly string[] = kinds.valid > 0 ? PARTS_OF_KIND[kind] : NO_PARTS;
  for (let i = 0; i < PARTS.length; i++) {
    const part = PARTS[i] as (typeof PARTS)[number];
    const wanted = expected.includes(part);
    if (wanted !== message[part].length > 0) {
      throw new WireError(
        'malformed',
        `${part}: expected ${wanted ? 'bytes' : 'none'} for ${kinds.valid} valid values of kind ${kind}`,
      );
    }
  }
  if (kinds.valid === 0) return Summary.fromParts(kind, { kinds });
  return Summary.fromParts(kind, decodeSketches(kind, message, kinds));
}

function decodeSketches(kind: SeriesKind, message: SummaryMessage, kinds: Kinds): SummaryParts {
  switch (kind) {
    case 'number': {
      // A message belongs to whoever decodes it.
      const digest = Digest.over(message.digest);
      checkMost('digest', 'centroids', digest.centroidCount, LIMITS.maxCentroids);
      return { kinds, digest, moments: Moments.fromBytes(message.moments) };
    }
    case 'category':
      return { kinds, categories: Categories.over(message.categories) };
    case 'vector': {
      const projections = Projections.fromBytes(message.projections);
      checkMost('projections', 'directions', projections.directions, LIMITS.maxDirections);
      return { kinds, projections };
    }
    case 'pair':
      return { kinds, pairs: PairMoments.fromBytes(message.moments) };
  }
}

function decodeKind(kind: SeriesKindMessage): SeriesKind {
  if (kind === SeriesKindMessage.NUMBER) return 'number';
  if (kind === SeriesKindMessage.CATEGORY) return 'category';
  if (kind === SeriesKindMessage.VECTOR) return 'vector';
  if (kind === SeriesKindMessage.PAIR) return 'pair';
  throw new WireError('malformed', `kind: expected number, category, vector or pair, got ${kind}`);
}
