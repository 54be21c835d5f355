import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { BatchSchema, EventSchema, ModelVersionSchema, OutcomeSchema, WindowSchema, WireError } from '@tidemark/proto';

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

/**
 * Counts what a batch claims to hold before anything is made of it: an empty window takes two bytes on the wire and
 * hundreds in memory, so that 4 MiB of them would take all there is.
 * @returns how many parts there are.
 * @throws {WireError} `too_large`; any other error where the bytes are no message.
 */
export function checkPartCount(bytes: Uint8Array): number {
  const parts = countRepeated(bytes, REPEATED, 0);
  if (parts > MAX_PARTS) throw new WireError('too_large', `batch: expected at most ${MAX_PARTS} parts`);
  return parts;
}

function countRepeated(message: Uint8Array, repeated: Repeated, before: number): number {
  const reader = new BinaryReader(message);
  let count = before;
  while (reader.pos < reader.len && count <= MAX_PARTS) {
    const [number, type] = reader.tag();
    const inside = type === WireType.LengthDelimited ? repeated[number] : undefined;
    if (inside !== undefined) count += 1;
    if (inside === undefined || inside === null) reader.skip(type, number);
    else count = countRepeated(reader.bytes(), inside, count);
  }
  return count;
}
