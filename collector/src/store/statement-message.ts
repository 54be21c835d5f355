import { protocol } from '@electric-sql/pglite';
import type { SqlValue } from './database.ts';
import { isPackedRows } from './packed-rows.ts';

// https://www.postgresql.org/docs/current/protocol-message-formats.html
const BIND = 'B'.charCodeAt(0);
const TEXT = 0;
const BINARY = 1;
const NULL = -1;
const UNNAMED = 0;
const AFTER = [protocol.serialize.describe({ type: 'P' }), protocol.serialize.execute({}), protocol.serialize.sync()];

/**
 * All that makes the server run one statement, as one message. The library sends six, and copies a value five times on its way:
 * of a commit's time that was an eighth.
 */
export function statementMessage(sql: string, values: readonly SqlValue[]): Uint8Array {
  return Buffer.concat([protocol.serialize.parse({ text: sql }), ...bindMessage(values), ...AFTER]);
}

function bindMessage(values: readonly SqlValue[]): Uint8Array[] {
  const some = values.map(toParameter);
  // Portal and statement; how many formats, and each; how many values; and in the end how many formats of columns: none, so text.
  const head = Buffer.alloc(1 + 4 + 2 + 2 + 2 * some.length + 2);
  const lengths = some.map(({ bytes }) => int32(bytes === null ? NULL : bytes.length));
  const size = some.reduce((sum, { bytes }) => sum + 4 + (bytes?.length ?? 0), head.length - 1 + 2);
  let at = head.writeUInt8(BIND);
  at = head.writeInt32BE(size, at);
  at = head.writeUInt8(UNNAMED, at);
  at = head.writeUInt8(UNNAMED, at);
  at = head.writeInt16BE(some.length, at);
  for (const { format } of some) at = head.writeInt16BE(format, at);
  head.writeInt16BE(some.length, at);
  const parts = some.flatMap(({ bytes }, i) => [lengths[i] as Buffer, ...(bytes === null ? [] : [bytes])]);
  return [head, ...parts, Buffer.alloc(2)];
}

/** Bytes go as they are; everything else as text, which the server reads by the type that the statement asks for. */
function toParameter(value: SqlValue): { readonly format: number; readonly bytes: Uint8Array | null } {
  if (value === null) return { format: TEXT, bytes: null };
  const bytes = isPackedRows(value) ? value.bytes : value;
  if (bytes instanceof Uint8Array) return { format: BINARY, bytes };
  return { format: TEXT, bytes: Buffer.from(bytes instanceof Date ? bytes.toISOString() : String(bytes)) };
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}
