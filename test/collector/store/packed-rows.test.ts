import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Database, type Queryable, toJson } from '../../../collector/src/store/database.ts';
import { type PackedRows, type PackedType, RowPacker } from '../../../collector/src/store/packed-rows.ts';
import { SUMMARY_COLUMNS, SUMMARY_ROW } from '../../../collector/src/store/summary-columns.ts';
import { withDatabase } from '../../support/database.ts';

type Cell = number | string | Uint8Array | null;

const TYPES: PackedType[] = ['int4', 'int8', 'float8', 'timestamptz', 'bytea', 'jsonb'];
const CREATE = `create type cells as (${TYPES.map((type, i) => `c${i} ${type}`).join(', ')})`;

function pack(rows: readonly Cell[][]): PackedRows {
  // Far too little room, so that it has to grow.
  const packer = new RowPacker('cells', TYPES.length, 1);
  for (const cells of rows) {
    packer.startRow();
    for (const [i, cell] of cells.entries()) put(packer, TYPES[i] as PackedType, cell);
  }
  return packer.finish();
}

function put(packer: RowPacker, type: PackedType, cell: Cell): void {
  if (cell === null) packer.absent(type);
  else if (type === 'bytea') packer.bytea(cell as Uint8Array);
  else if (type === 'jsonb') packer.jsonb(cell as string);
  else packer[type](cell as number);
}

/** What the server reads from these rows. */
function readBack(db: Queryable, rows: PackedRows): Promise<Record<string, unknown>[]> {
  return db.query('select * from unnest($1::cells[])', [rows]);
}

function withCells(body: (database: Database) => Promise<void>): Promise<void> {
  return withDatabase(async (database) => {
    // The schema is that of all tests of this file.
    const [there] = await database.query(`select 1 from pg_type where typname = 'cells'`);
    if (there === undefined) await database.query(CREATE);
    await body(database);
  });
}

describe('packed rows, by either driver', () => {
  test('come back as they were: odd bytes, nulls, infinities, the ends of every type', () =>
    withCells(async (database) => {
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
      const found = await database.transaction((tx) => readBack(tx, pack(rows)));
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

  test('may be none', () =>
    withCells((database) => database.transaction(async (tx) => assert.deepEqual(await readBack(tx, pack([])), []))));

  test('that are broken in the middle take the transaction with them, and the connection goes on', () =>
    withCells(async (database) => {
      const good = () => pack([[1, 1, 1, 1, Uint8Array.of(1), '{}'], [2, 2, 2, 2, Uint8Array.of(2), '{}']]); // biome-ignore format: one line
      const notJson = pack([[1, 1, 1, 1, null, '{}'], [2, 2, 2, 2, null, '{"half']]); // biome-ignore format: one line
      const cut = new Uint8Array(good().bytes.subarray(0, -9));
      for (const bad of [{ rowType: 'cells', bytes: cut }, notJson]) {
        const work = database.transaction(async (tx) => {
          await tx.query(`insert into model_version (project_id, model, version) values (1, 'm', '1')`);
          await readBack(tx, bad);
        });
        await assert.rejects(work, (error: Error & { code?: string }) => /^(22P0[23]|08P01)$/.test(error.code ?? ''));
        assert.deepEqual(await database.query('select 1 from model_version'), []);
        assert.equal((await database.transaction((tx) => readBack(tx, good()))).length, 2);
      }
    }));

  test('go between what was asked before and after them, and what fails before them is the reason they fail', () =>
    withCells(async (database) => {
      const rows = () => pack([[1, null, null, null, null, null]]);
      const counts = await database.transaction(async (tx) => {
        await tx.query('create temporary table kept (n int) on commit drop');
        const keep = () => tx.query('insert into kept select c0 from unnest($1::cells[])', [rows()]);
        const count = () => tx.query<{ n: number }>('select count(*)::int as n from kept');
        return (await Promise.all([count(), keep(), count(), keep(), count()])).map(([first]) => first);
      });
      assert.deepEqual(counts, [{ n: 0 }, undefined, { n: 1 }, undefined, { n: 2 }]);
      const reasons: string[] = [];
      const note = (error: Error) => reasons.push(error.message.replace(/.*(nowhere).*/, '$1'));
      const failing = database.transaction(async (tx) => {
        const steps = [tx.query('select * from nowhere'), readBack(tx, rows()), tx.query('select 1')];
        await Promise.allSettled(steps.map((step) => step.catch(note)));
      });
      // What nobody minded fails the transaction all the same.
      await assert.rejects(failing, /nowhere|aborted/);
      assert.equal(reasons.length, 3);
      assert.equal(reasons[0], 'nowhere');
    }));

  test('find a type that was made anew, at the latest after one failure', () =>
    withCells(async (database) => {
      const one = () => database.transaction((tx) => readBack(tx, pack([[1, null, null, null, null, null]])));
      assert.equal((await one()).length, 1);
      await database.query('drop type cells');
      await assert.rejects(one(), /cells|type/);
      await database.query(CREATE);
      await one().catch(() => undefined);
      assert.equal((await one()).length, 1);
    }));

  test('of summaries are of a type that the schema has as the collector packs it', () =>
    withDatabase(async (database) => {
      const columns = await database.query(
        `select attname as name, (select typname from pg_type where oid = atttypid) as type from pg_attribute
         where attrelid = $1::text::regclass and attnum > 0 order by attnum`,
        [SUMMARY_ROW],
      );
      assert.deepEqual(columns, SUMMARY_COLUMNS);
    }));
});
