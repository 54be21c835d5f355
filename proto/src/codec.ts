import { create } from '@bufbuild/protobuf';
import {
  Categories,
  Digest,
  Kinds,
  Moments,
  Projections,
  type SeriesKind,
  SketchError,
  Summary,
  type SummaryParts,
} from '@tidemark/sketch';
import {
  type Kinds as KindsMessage,
  KindsSchema,
  SeriesKind as SeriesKindMessage,
  type Summary as SummaryMessage,
  SummarySchema,
} from './gen/tidemark/v1/summary_pb.ts';
import { isStage, LIMITS } from './limits.ts';
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
} as const satisfies Record<SeriesKind, SeriesKindMessage>;

/** The sketches that a summary of each kind carries, where it has valid values. */
const PARTS_OF_KIND = {
  number: ['digest', 'moments'],
  category: ['categories'],
  vector: ['projections'],
} as const satisfies Record<SeriesKind, readonly (keyof SummaryMessage & keyof SummaryParts)[]>;
const PARTS = Object.values(PARTS_OF_KIND).flat();

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
  }
  return message;
}

/**
 * Unpacks a summary and checks everything before use.
 * @throws {WireError} `bad_name` or `malformed`, saying what was expected and what came.
 */
export function decodeSummary(message: SummaryMessage): SeriesName & { readonly summary: Summary } {
  const { stage, field, slice } = message;
  if (!isStage(stage)) throw new WireError('bad_name', `stage: expected a known stage, got ${JSON.stringify(stage)}`);
  checkName('stage', stage);
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

/**
 * Checks a name that will be stored and shown: 1 to 128 bytes of UTF-8, no control characters.
 * @throws {WireError} `bad_name`.
 */
export function checkName(what: string, name: string): void {
  const bytes = Buffer.byteLength(name, 'utf8');
  if (bytes < 1 || bytes > LIMITS.maxNameBytes) {
    throw new WireError('bad_name', `${what}: expected 1 to ${LIMITS.maxNameBytes} bytes, got ${bytes}`);
  }
  if (/\p{Cc}/u.test(name) || !name.isWellFormed()) {
    throw new WireError('bad_name', `${what}: expected text without control characters, got ${JSON.stringify(name)}`);
  }
}

function decodeKinds(message: KindsMessage | undefined): Kinds {
  if (message === undefined) throw new WireError('malformed', 'kinds: expected counts, got none');
  const kinds = new Kinds();
  for (const field of KIND_FIELDS) kinds[field] = toCount(`kinds.${field}`, message[field]);
  if (kinds.outOfRange > kinds.valid || kinds.unseen > kinds.valid) {
    throw new WireError('malformed', 'kinds: out_of_range and unseen count valid values and cannot exceed them');
  }
  return kinds;
}

/**
 * Turns a wire count into a number.
 * @throws {WireError} `malformed` above 2^53, where numbers stop being exact.
 */
export function toCount(what: string, value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER))
    throw new WireError('malformed', `${what}: expected at most 2^53, got ${value}`);
  return Number(value);
}

function decodeParts(message: SummaryMessage, kinds: Kinds): Summary {
  const kind = decodeKind(message.kind);
  const expected: readonly string[] = kinds.valid > 0 ? PARTS_OF_KIND[kind] : [];
  for (const part of PARTS) {
    const wanted = expected.includes(part);
    if (wanted !== message[part].length > 0) {
      throw new WireError(
        'malformed',
        `${part}: expected ${wanted ? 'bytes' : 'none'} for ${kinds.valid} valid values of kind ${kind}`,
      );
    }
  }
  if (kinds.valid === 0) return Summary.fromParts(kind, { kinds });
  return Summary.fromParts(kind, { kinds, ...decodeSketches(kind, message) });
}

function decodeSketches(kind: SeriesKind, message: SummaryMessage): Omit<SummaryParts, 'kinds'> {
  switch (kind) {
    case 'number': {
      const digest = Digest.fromBytes(message.digest);
      checkMost('digest', 'centroids', digest.centroidCount, LIMITS.maxCentroids);
      return { digest, moments: Moments.fromBytes(message.moments) };
    }
    case 'category':
      return { categories: Categories.fromBytes(message.categories) };
    case 'vector': {
      const projections = Projections.fromBytes(message.projections);
      checkMost('projections', 'directions', projections.directions, LIMITS.maxDirections);
      return { projections };
    }
  }
}

function checkMost(part: string, what: string, count: number, most: number): void {
  if (count > most) throw new WireError('too_large', `${part}: expected at most ${most} ${what}, got ${count}`);
}

function decodeKind(kind: SeriesKindMessage): SeriesKind {
  if (kind === SeriesKindMessage.NUMBER) return 'number';
  if (kind === SeriesKindMessage.CATEGORY) return 'category';
  if (kind === SeriesKindMessage.VECTOR) return 'vector';
  throw new WireError('malformed', `kind: expected number, category or vector, got ${kind}`);
}
