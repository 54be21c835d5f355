import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { BatchSchema, EventSchema, ModelVersionSchema, OutcomeSchema, WindowSchema, WireError } from '@tidemark/proto';
import { validateName } from '../ingest/validate.ts';

/**
 * Messages inside a batch, at most: more than an agent can put into its 512 KiB, and little in memory. The smallest that
 * an agent sends is a flag of stage `input` with a field of one letter, 14 bytes.
 */
export const MAX_PARTS = 40_960;

/** Numbers of the repeated fields of a message, with those of what stands in them; null = none that count. */
type Repeated = { readonly [number: number]: Repeated | null };

const { field: batch } = BatchSchema;
const { field: version } = ModelVersionSchema;
const REPEATED: Repeated = {
  [batch.windows.number]: { [WindowSchema.field.summaries.number]: null },
  [batch.modelVersions.number]: { [version.fields.number]: null, [version.tags.number]: null },
  [batch.losses.number]: null,
  [batch.events.number]: {
    [EventSchema.field.values.number]: null,
    [EventSchema.field.violations.number]: null,
  },
  [batch.outcomes.number]: { [OutcomeSchema.field.values.number]: null },
};

/** What a batch says on the outside: which one it is, and how many parts it claims to hold. */
export type Glance = { readonly source: string; readonly sequence: number; readonly parts: number };

/**
 * Reads what there is to know of a batch before anything is made of it. Whether there is room for it is decided by that alone: an
 * empty window takes two bytes on the wire and hundreds in memory, so that 4 MiB of them would take all there is, and while a
 * database is away the same batches come again and again.
 * @throws {WireError} `too_large`, or `malformed` where it cannot be told from others; any other error where the bytes are no
 * message.
 */
export function glanceAt(bytes: Uint8Array): Glance {
  const reader = new BinaryReader(bytes);
  let sourceId: Uint8Array = new Uint8Array(0);
  let sequence = 0n;
  let parts = 0;
  while (reader.pos < reader.len) {
    const [number, type] = reader.tag();
    if (number === batch.sourceId.number && type === WireType.LengthDelimited) sourceId = reader.bytes();
    else if (number === batch.sequence.number && type === WireType.Varint) sequence = BigInt(reader.uint64());
    else parts = countField(reader, number, type, REPEATED, parts);
    if (parts > MAX_PARTS) throw new WireError('too_large', `batch: expected at most ${MAX_PARTS} parts`);
  }
  return { ...validateName({ sourceId, sequence }), parts };
}

function countRepeated(message: Uint8Array, repeated: Repeated, before: number): number {
  const reader = new BinaryReader(message);
  let count = before;
  while (reader.pos < reader.len && count <= MAX_PARTS) {
    const [number, type] = reader.tag();
    count = countField(reader, number, type, repeated, count);
  }
  return count;
}

/** Goes past a field. @returns `before` and what is in it. */
function countField(reader: BinaryReader, number: number, type: WireType, repeated: Repeated, before: number): number {
  const inside = type === WireType.LengthDelimited ? repeated[number] : undefined;
  const count = inside === undefined ? before : before + 1;
  if (inside !== undefined && inside !== null) return countRepeated(reader.bytes(), inside, count);
  reader.skip(type, number);
  return count;
}
