import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { BinaryRows } from '../../../collector/src/store/binary-rows.ts';
import { type Database, toJson } from '../../../collector/src/store/database.ts';
import type { PackedType } from '../../../collector/src/store/row-sink.ts';
import { withDatabase } from '../../support/database.ts';

type Cell = number | string | Uint8Array | null;

const TYPES: PackedType[] = ['int4', 'int8', 'float8', 'timestamptz', 'bytea', 'jsonb'];

function pack(rows: readonly Cell[][]): Uint8Array {
  // Far too little room, so that it has to grow.
  const packed = new BinaryRows(TYPES.length, 1);
  for (const cells of rows) {
    packed.startRow();
    for (const [i, cell] of cells.entries()) put(packed, TYPES[i] as PackedType, cell);
  }
  return packed.finish();
}

function put(packed: BinaryRows, type: PackedType, cell: Cell): void {
  if (cell === null) packed.absent();
  else if (type === 'bytea') packed.bytea(cell as Uint8Array);
  else if (type === 'jsonb') packed.jsonb(cell as string);
  else packed[type](cell as number);
}

/** What a table holds after these bytes have been copied into it. */
function copied(database: Database, bytes: Uint8Array): Promise<Record<string, unknown>[]> {
  return database.transaction(async (tx) => {
    const columns = TYPES.map((type, i) => `c${i} ${type}`).join(', ');
    await tx.query(`create temporary table copied (${columns}) on commit drop`);
    await tx.copyIn('copied', bytes);
    return tx.query('select * from copied');
  });
}

describe('rows in the binary form of COPY, by either driver', () => {
  test('come back as they were: odd bytes, nulls, infinities, the ends of every type', () =>
    withDatabase(async (database) => {
      const odd = Uint8Array.from({ length: 70_001 }, (_, i) => (i * 7) % 256);
      const rows: Cell[][] = [
        [-(2 ** 31), -(2 ** 53) + 1, -Infinity, Date.UTC(1970, 0, 1), new Uint8Array(), toJson({})],
        [
          2 ** 31 - 1,
          2 ** 53 - 1,
          Infinity,
          Date.UTC(2100, 0, 1, 1, 2, 3, 4),
          odd,
          toJson({ 'k"\\\u{1f30a}': [1, null] }),
        ],
        [0, 2 ** 32, -0.1e-300, 946_684_799_999, Uint8Array.of(0, 255, 92, 34), toJson('\u0000\ud800')],
        [-1, -1, Number.NaN, 0, null, null],
        [null, null, null, null, null, null],
      ];
      const found = await copied(database, pack(rows));
      assert.deepEqual(
        found.map(({ c4, ...rest }) => [...Object.values(rest), c4 && [...(c4 as Uint8Array)]]),
        rows.map(([c0, c1, c2, c3, c4, c5]) => [
          c0,
          c1,
          c2,
          c3,
          typeof c5 === 'string' ? JSON.parse(c5) : c5,
          c4 && [...(c4 as Uint8Array)],
        ]),
      );
    }));

  test('may be none', () => withDatabase(async (database) => assert.deepEqual(await copied(database, pack([])), [])));

  test('that are broken in the middle take the transaction with them, and the connection goes on', () =>
    withDatabase(async (database) => {
      const good = pack([[1, 1, 1, 1, Uint8Array.of(1), '{}'], [2, 2, 2, 2, Uint8Array.of(2), '{}']]); // biome-ignore format: one line
      const notJson = pack([[1, 1, 1, 1, null, '{}'], [2, 2, 2, 2, null, '{"half']]); // biome-ignore format: one line
      for (const bad of [good.subarray(0, good.length - 9), notJson, Uint8Array.of(1, 2, 3)]) {
        const work = database.transaction(async (tx) => {
          await tx.query(`insert into model_version (project_id, model, version) values (1, 'm', '1')`);
          await tx.query(`create temporary table copied (${TYPES.map((type, i) => `c${i} ${type}`).join(', ')})`);
          await tx.copyIn('copied', new Uint8Array(bad));
        });
        await assert.rejects(work, (error: Error & { code?: string }) => /^22/.test(error.code ?? ''));
        assert.deepEqual(await database.query('select 1 from model_version'), []);
        assert.equal((await copied(database, new Uint8Array(good))).length, 2);
      }
    }));
});
