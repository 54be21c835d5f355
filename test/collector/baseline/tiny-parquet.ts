/** Columns of one length: numbers become DOUBLE, texts BYTE_ARRAY (UTF8); none is null. */
export type TinyColumns = Readonly<Record<string, readonly number[] | readonly string[]>>;

type Field = readonly [id: number, type: number, bytes: Uint8Array];

/** Type codes of Thrift's compact protocol. */
const [I32, I64, BINARY, LIST, STRUCT] = [5, 6, 8, 9, 12];
const [DOUBLE, BYTE_ARRAY] = [5, 6];
const RLE = 3;

/**
 * The smallest Parquet file that holds the columns: one row group, plain, uncompressed, as the format's parquet.thrift says.
 * Written by hand, so that a test needs no writer and no file of megabytes.
 */
export function tinyParquet(columns: TinyColumns): Buffer {
  const parts: Uint8Array[] = [Buffer.from('PAR1')];
  const chunks: Uint8Array[] = [];
  const rows = Object.values(columns)[0]?.length ?? 0;
  let offset = 4;
  for (const [name, values] of Object.entries(columns)) {
    const data = Buffer.concat(values.map(plain));
    const page = struct(
      [1, I32, int(0)],
      [2, I32, int(data.length)],
      [3, I32, int(data.length)],
      [5, STRUCT, pageHeader(rows)],
    );
    const size = int(page.length + data.length);
    const meta = struct(
      [1, I32, int(typeOf(values))],
      [2, LIST, list(I32, [int(0)])],
      [3, LIST, list(BINARY, [text(name)])],
      [4, I32, int(0)],
      [5, I64, int(rows)],
      [6, I64, size],
      [7, I64, size],
      [9, I64, int(offset)],
    );
    chunks.push(struct([2, I64, int(offset)], [3, STRUCT, meta]));
    parts.push(page, data);
    offset += page.length + data.length;
  }
  const root = struct([4, BINARY, text('schema')], [5, I32, int(chunks.length)]);
  const leaves = Object.entries(columns).map(([name, values]) =>
    struct([1, I32, int(typeOf(values))], [3, I32, int(0)], [4, BINARY, text(name)], ...utf8Of(values)),
  );
  const group = struct([1, LIST, list(STRUCT, chunks)], [2, I64, int(offset)], [3, I64, int(rows)]);
  const footer = struct(
    [1, I32, int(1)],
    [2, LIST, list(STRUCT, [root, ...leaves])],
    [3, I64, int(rows)],
    [4, LIST, list(STRUCT, [group])],
  );
  const length = Buffer.alloc(4);
  length.writeUInt32LE(footer.length);
  return Buffer.concat([...parts, footer, length, Buffer.from('PAR1')]);
}

function pageHeader(rows: number): Uint8Array {
  return struct([1, I32, int(rows)], [2, I32, int(0)], [3, I32, int(RLE)], [4, I32, int(RLE)]);
}

function typeOf(values: readonly unknown[]): number {
  return typeof values[0] === 'number' ? DOUBLE : BYTE_ARRAY;
}

/** The mark that bytes are text. */
function utf8Of(values: readonly unknown[]): Field[] {
  return typeOf(values) === BYTE_ARRAY ? [[6, I32, int(0)]] : [];
}

function plain(value: number | string): Uint8Array {
  const bytes = Buffer.alloc(typeof value === 'number' ? 8 : 4 + Buffer.byteLength(value));
  if (typeof value === 'number') bytes.writeDoubleLE(value);
  else bytes.write(value, bytes.writeUInt32LE(Buffer.byteLength(value)));
  return bytes;
}

function struct(...fields: Field[]): Uint8Array {
  let last = 0;
  const parts = fields.flatMap(([id, type, bytes]) => {
    const head = Uint8Array.of(((id - last) << 4) | type);
    last = id;
    return [head, bytes];
  });
  return Buffer.concat([...parts, Uint8Array.of(0)]);
}

function list(type: number, items: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat([Uint8Array.of((items.length << 4) | type), ...items]);
}

function text(value: string): Uint8Array {
  const bytes = Buffer.from(value);
  return Buffer.concat([varint(bytes.length), bytes]);
}

/** Zigzag, for values that are not negative. */
function int(value: number): Uint8Array {
  return varint(value * 2);
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Uint8Array.of(...bytes, rest);
    bytes.push((rest % 128) | 128);
  }
}
