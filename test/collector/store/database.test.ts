import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toArrayLiteral } from '../../../collector/src/store/database.ts';
import { withDatabase } from '../../support/database.ts';

describe('a database, by either driver', () => {
  test('gives back what was put in, in the same JavaScript types', () =>
    withDatabase(async (database) => {
      const rows = await database.query(
        'select $1::int8 as big, $2::timestamptz as at, $3::bytea as bytes, $4::text::jsonb as doc, $5::float8 as x, $6::text as nothing',
        [
          2 ** 53 - 1,
          new Date(981_234_567_890),
          new Uint8Array([0, 1, 255]),
          JSON.stringify({ a: [1, null] }),
          0.1,
          null,
        ],
      );
      const { bytes, ...rest } = rows[0] as { bytes: Uint8Array };
      assert.deepEqual([...bytes], [0, 1, 255]);
      assert.deepEqual(rest, { big: 2 ** 53 - 1, at: 981_234_567_890, doc: { a: [1, null] }, x: 0.1, nothing: null });
    }));

  test('takes every kind of value there is for one, odd ones too', () =>
    withDatabase(async (database) => {
      const text = `ünï 🌊 it's "quoted" \\ \n $1`;
      const [row] = await database.query<Record<string, unknown>>(
        `select $1::bool as yes, $2::bool as no, $3::int8 as big, $4::float8 as nan, $5::float8 as infinite, $6::text as empty,
           $7::text as text, $8::bytea as bytes, $9::int as missing, $10::timestamptz as before`,
        [
          true,
          false,
          BigInt(Number.MIN_SAFE_INTEGER),
          Number.NaN,
          -Infinity,
          '',
          text,
          new Uint8Array(),
          null,
          new Date(-62_000_000_000),
        ],
      );
      const { bytes, ...rest } = row as { bytes: Uint8Array };
      assert.equal(bytes.length, 0);
      assert.deepEqual(rest, {
        yes: true,
        no: false,
        big: Number.MIN_SAFE_INTEGER,
        nan: Number.NaN,
        infinite: -Infinity,
        empty: '',
        text,
        missing: null,
        before: -62_000_000_000,
      });
      assert.deepEqual(await database.query('select 1 as n where false'), []);
      await assert.rejects(
        database.query('select $1::int', ['no number']),
        (error: Error & { code?: string }) => error.code === '22P02',
      );
      await assert.rejects(database.query('select $1::int'), /\$1|parameter/);
    }));

  test('takes arrays of every type, with hostile texts and missing items', () =>
    withDatabase(async (database) => {
      const texts = [`it's "quoted"`, 'back\\slash', '{brace,comma}', 'NULL', '', 'ünïcode 🌊', null];
      const rows = await database.query<{ t: string | null; n: number; b: Uint8Array }>(
        'select * from unnest($1::text::text[], $2::text::float8[], $3::text::bytea[]) as u (t, n, b)',
        [
          toArrayLiteral(texts),
          toArrayLiteral(texts.map((_, i) => (i === 0 ? -0.1e-300 : i))),
          toArrayLiteral(texts.map((_, i) => new Uint8Array([i, 255 - i]))),
        ],
      );
      assert.deepEqual(
        rows.map(({ t }) => t),
        texts,
      );
      assert.equal(rows[0]?.n, -0.1e-300);
      assert.deepEqual(
        rows.map(({ b }) => [...b]),
        texts.map((_, i) => [i, 255 - i]),
      );
    }));

  test('rolls a failed transaction back and goes on', () =>
    withDatabase(async (database) => {
      const failing = database.transaction(async (tx) => {
        await tx.query(`insert into model_version (project_id, model, version) values (1, 'm', '1')`);
        await tx.query('select 1 / 0');
      });
      await assert.rejects(failing, /division by zero/);
      assert.deepEqual(await database.query('select 1 from model_version'), []);
    }));

  test('keeps transactions that overlap in time apart', () =>
    withDatabase(async (database) => {
      await database.query(`insert into model_version (project_id, model, version) values (1, 'm', '1')`);
      const bump = () =>
        database.transaction(async (tx) => {
          const rows = await tx.query<{ n: number }>(
            `select coalesce(tags->>'n', '0')::int as n from model_version for update`,
          );
          await tx.query(`update model_version set tags = jsonb_build_object('n', $1::int)`, [(rows[0]?.n ?? 0) + 1]);
        });
      await Promise.all(Array.from({ length: 20 }, bump));
      assert.deepEqual(await database.query(`select (tags->>'n')::int as n from model_version`), [{ n: 20 }]);
    }));
});
