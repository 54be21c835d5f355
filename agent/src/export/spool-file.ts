import { crc32 } from 'node:zlib';

const MAGIC = Buffer.from('TMSPOOL1', 'latin1');
const HEADER_BYTES = MAGIC.length + 8;

/** Bytes of a spool file around `payload`: what it is, how long it is, and a check sum. */
export function frame(payload: Uint8Array): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  MAGIC.copy(header);
  header.writeUInt32LE(payload.length, MAGIC.length);
  header.writeUInt32LE(crc32(payload), MAGIC.length + 4);
  return Buffer.concat([header, payload]);
}

/** The payload of a spool file; undefined when it is none, was cut off or was changed. */
export function unframe(file: Buffer): Buffer | undefined {
  if (file.length < HEADER_BYTES || !file.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  const payload = file.subarray(HEADER_BYTES);
  const isWhole = file.readUInt32LE(MAGIC.length) === payload.length;
  return isWhole && file.readUInt32LE(MAGIC.length + 4) === crc32(payload) ? payload : undefined;
}
