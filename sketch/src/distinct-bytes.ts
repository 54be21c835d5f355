import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { isEntry, MAX_RANK, prefixOf, REGISTERS } from './distinct-entry.ts';
import { MAX_SPARSE } from './distinct-sparse.ts';

/*
 * Byte form of a Distinct, version 1 (which also stands for the hash and 14 bits of precision), little-endian:
 *
 *   0  u8   version, 1
 *   1  u8   0 sparse, 1 dense
 * sparse:
 *   2  u16  n, entries
 *   4  n times u32, ascending, no prefix twice
 * dense:
 *   2  u8   base, the smallest register
 *   3  8 192 bytes, two registers each, the even one in the low half: 0 to 14 above the base; 15, it comes below
 *      u8 for every 15, in order of the registers: the register, at least base + 15
 *
 * The spread of the registers does not grow with what was counted, so the exceptions are about 1 in 1 000.
 */
const VERSION = 1;
const SPARSE = 0;
const DENSE = 1;
const BEYOND = 15;
const HALF = REGISTERS / 2;

/** What a Distinct is made of: entries in ascending order, or registers. */
export type DistinctState = { readonly entries: Uint32Array } | { readonly registers: Uint8Array };

/** The byte form. */
export function encodeDistinct(state: DistinctState): Uint8Array {
  return 'entries' in state ? encodeSparse(state.entries) : encodeDense(state.registers);
}

/** What `encodeDistinct` was given. Throws SKETCH_BYTES_INVALID unless the bytes are one valid form and nothing else. */
export function decodeDistinct(bytes: Uint8Array): DistinctState {
  const reader = new ByteReader(bytes, 'distinct');
  const version = reader.u8();
  if (version !== VERSION) throw reader.invalid(`unknown version ${version}`);
  const form = reader.u8();
  if (form > DENSE) throw reader.invalid(`unknown form ${form}`);
  const state = form === SPARSE ? { entries: readSparse(reader) } : { registers: readDense(reader) };
  reader.end();
  return state;
}

function encodeSparse(entries: Uint32Array): Uint8Array {
  const out = new ByteWriter(4 + 4 * entries.length);
  out.u8(VERSION);
  out.u8(SPARSE);
  out.u16(entries.length);
  for (const entry of entries) {
    out.u16(entry & 0xffff);
    out.u16(entry >>> 16);
  }
  return out.bytes;
}

function readSparse(reader: ByteReader): Uint32Array {
  const n = reader.u16();
  if (n > MAX_SPARSE) throw reader.invalid(`${n} entries`);
  const entries = new Uint32Array(n);
  for (let i = 0, before = -1; i < n; i++) {
    const entry = (reader.u16() | (reader.u16() << 16)) >>> 0;
    if (!isEntry(entry)) throw reader.invalid('impossible entry');
    if (prefixOf(entry) <= before) throw reader.invalid('entries out of order');
    before = prefixOf(entry);
    entries[i] = entry;
  }
  return entries;
}

function encodeDense(registers: Uint8Array): Uint8Array {
  let base = MAX_RANK;
  for (let i = 0; i < REGISTERS; i++) if (registers[i] < base) base = registers[i];
  let n = 0;
  for (let i = 0; i < REGISTERS; i++) if (registers[i] >= base + BEYOND) n++;
  const out = new ByteWriter(3 + HALF + n);
  out.u8(VERSION);
  out.u8(DENSE);
  out.u8(base);
  const halves = out.take(HALF);
  for (let i = 0; i < HALF; i++) {
    const low = Math.min(registers[2 * i] - base, BEYOND);
    const high = Math.min(registers[2 * i + 1] - base, BEYOND);
    halves[i] = low | (high << 4);
  }
  for (let i = 0; i < REGISTERS; i++) if (registers[i] >= base + BEYOND) out.u8(registers[i]);
  return out.bytes;
}

function readDense(reader: ByteReader): Uint8Array {
  const base = reader.u8();
  const halves = reader.take(HALF);
  const registers = new Uint8Array(REGISTERS);
  let least = BEYOND;
  let most = 0;
  for (let i = 0; i < REGISTERS; i++) {
    const above = (halves[i >> 1] >>> ((i & 1) << 2)) & BEYOND;
    if (above < least) least = above;
    if (above > most) most = above;
    registers[i] = above === BEYOND ? readBeyond(reader, base) : base + above;
  }
  if (least > 0) throw reader.invalid('base that is not the smallest register');
  if (base + (most === BEYOND ? 0 : most) > MAX_RANK) throw reader.invalid(`register above ${MAX_RANK}`);
  if (base + most === 0) throw reader.invalid('dense, yet empty');
  return registers;
}

/** The registers beyond stand behind all halves, in order: reading on gives the next one. */
function readBeyond(reader: ByteReader, base: number): number {
  const register = reader.u8();
  if (register < base + BEYOND || register > MAX_RANK) throw reader.invalid(`register ${register} beyond ${base}`);
  return register;
}
