import { protocol } from '@electric-sql/pglite';
import type { SqlValue } from './database.ts';
import { isPackedRows } from './packed-rows.ts';

// https://www.postgresql.org/docs/current/protocol-message-formats.html
const BIND = 'B'.charCodeAt(0);
const TEXT = 0;
const BINARY = 1;
const NULL = -1;
/** The portal; and the statement that is kept no longer than until the next. */
const UNNAMED = '';
const AFTER = Buffer.concat([
  protocol.serialize.describe({ type: 'P' }),
  protocol.serialize.execute({}),
  protocol.serialize.sync(),
]);

/** Memory for messages, used again: made anew for every statement it is a collection of the thread's heap every few commits. */
let room: Buffer = Buffer.alloc(0);
const MAX_KEPT = 2 ** 22;

/**
 * All that makes the server run one statement, as one message, good until the next is made. The library sends six, and copies a
 * value five times on its way: of a commit's time that was an eighth.
 */
export function statementMessage(sql: string, values: readonly SqlValue[]): Uint8Array {
  return message([protocol.serialize.parse({ text: sql }), ...bindMessage(values, UNNAMED), AFTER]);
}

/** Makes the server keep a statement by a name, plain ASCII. */
export function prepareMessage(name: string, sql: string): Uint8Array {
  return message([protocol.serialize.parse({ name, text: sql }), protocol.serialize.sync()]);
}

/** Makes it run a statement that it keeps. */
export function preparedMessage(name: string, values: readonly SqlValue[]): Uint8Array {
  return message([...bindMessage(values, name), AFTER]);
}

/** Makes it forget a statement. */
export function forgetMessage(name: string): Uint8Array {
  return message([protocol.serialize.close({ type: 'S', name }), protocol.serialize.sync()]);
}

function message(parts: readonly Uint8Array[]): Uint8Array {
  const size = parts.reduce((sum, { length }) => sum + length, 0);
  if (size > MAX_KEPT) return Buffer.concat(parts);
  if (size > room.length) room = Buffer.allocUnsafeSlow(Math.min(MAX_KEPT, Math.max(size, 2 * room.length)));
  let at = 0;
  for (const part of parts) {
    room.set(part, at);
    at += part.length;
  }
  return room.subarray(0, size);
}

function bindMessage(values: readonly SqlValue[], statement: string): Uint8Array[] {
  const some = values.map(toParameter);
  // Portal and statement; how many formats, and each; how many values; and in the end how many formats of columns: none, so text.
  const head = Buffer.alloc(1 + 4 + UNNAMED.length + 1 + statement.length + 1 + 2 + 2 * some.length + 2);
  const lengths = some.map(({ bytes }) => int32(bytes === null ? NULL : bytes.length));
  const size = some.reduce((sum, { bytes }) => sum + 4 + (bytes?.length ?? 0), head.length - 1 + 2);
  let at = head.writeUInt8(BIND);
  at = head.writeInt32BE(size, at);
  at += head.write(`${UNNAMED}\u0000${statement}\u0000`, at, 'latin1');
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
