import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { splitStatements } from '../../../collector/src/store/split-statements.ts';
import { withDatabase } from '../../support/database.ts';

/** Pieces of a statement in which a `;` ends nothing. */
const WHOLE: readonly string[] = [
  `'a;b'`,
  `'it''s; fine'`,
  `'back\\'`,
  `e'it\\'s; \\\\'`,
  `E'two '' quotes;'`,
  `date'2001-01-01;'`,
  `"a;b"`,
  `"a"";b"`,
  `$$ begin; end; $$`,
  `$body$ select '$$;'; -- it's $1; $body$`,
  `$é$ ; $é$`,
  `a$b$c`,
  `$1`,
  `1.5e3`,
  `"ünï;code"`,
  `🌊`,
];
/** What stands between statements and in them and means nothing. */
const NOTHING: readonly string[] = [
  ' ',
  '\n',
  "-- it's; a comment\n",
  '/* ; */',
  "/* outer; /* inner's; */ still; */",
  '--\n',
];

describe('SQL is split into statements', () => {
  test('at every ; that ends one, wherever else there are some', () => {
    const statement = fc.array(fc.constantFrom(...WHOLE), { minLength: 1, maxLength: 4 });
    const gap = fc.array(fc.constantFrom(...NOTHING), { maxLength: 3 }).map((gaps) => gaps.join(''));
    fc.assert(
      fc.property(fc.array(fc.tuple(gap, statement), { maxLength: 5 }), gap, (statements, last) => {
        const sql = statements.map(([before, parts]) => `${before}${parts.join(' ')};`).join('') + last;
        assert.deepEqual(
          splitStatements(sql),
          statements.map(([, parts]) => parts.join(' ')),
        );
      }),
    );
  });

  test('with the last one also where it has no ;, and without empty ones', () => {
    assert.deepEqual(splitStatements(';; select 1;\n;select 2 -- and no more'), ['select 1', 'select 2']);
    assert.deepEqual(splitStatements(''), []);
  });

  test('that keep what stands in a function, comments too, and lose those outside', () => {
    const body = `$$\n  -- counts; slowly\n  select 1; /* ; */\n$$`;
    assert.deepEqual(splitStatements(`create function f() returns int -- says;\nlanguage sql as ${body};`), [
      `create function f() returns int \nlanguage sql as ${body}`,
    ]);
  });

  test('names the line of what is not closed', () => {
    for (const open of ["'text;", '"name;', '$body$ ; $$', '/* /* ; */', "e'\\'"]) {
      assert.throws(() => splitStatements(`select 1;\n${open}`), /^Error: line 2: what begins here is not closed: /);
    }
  });

  test('that the database takes, one by one', () =>
    withDatabase(async (database) => {
      const sql = `
        create function tidemark_split_test(n int) returns text language plpgsql as $body$
        begin
          -- a ; in a comment and in 'texts;'
          return 'n;' || n;
        end;
        $body$;
        comment on function tidemark_split_test(int) is 'says; n';`;
      await database
        .transaction(async (tx) => {
          for (const statement of splitStatements(sql)) await tx.query(statement);
          assert.deepEqual(await tx.query('select tidemark_split_test(1) as said'), [{ said: 'n;1' }]);
          throw new Error('leave nothing behind');
        })
        .catch((error: Error) => assert.equal(error.message, 'leave nothing behind'));
    }));

  test('for every migration there is', async () => {
    const directory = new URL('../../../collector/src/store/migrations/', import.meta.url);
    for (const name of await readdir(directory)) {
      const statements = splitStatements(await readFile(new URL(name, directory), 'utf8'));
      assert.ok(statements.length > 0, name);
      for (const one of statements) assert.match(one, /^[a-z]/i, name);
    }
  });
});
