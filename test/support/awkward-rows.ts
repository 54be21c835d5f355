import type { Database, Queryable } from '../../collector/src/store/database.ts';
import { listTables, quoteName, type Table } from '../../collector/src/store/move/tables.ts';

const BYTES = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, '0')).join('');

/** Texts of values that a careless way of moving them would change, by type in the words of SQL. */
const AWKWARD: Readonly<Record<string, readonly string[]>> = {
  smallint: ['-32768', '0', '32767'],
  integer: ['-2147483648', '0', '1', '7', '2147483647'],
  bigint: ['-9223372036854775808', '0', '9007199254740993', '9223372036854775807'],
  real: ['NaN', '-Infinity', '-0', '1e-45', '3.4028235e+38', '0.1'],
  'double precision': [
    'NaN',
    'Infinity',
    '-Infinity',
    '-0',
    '5e-324',
    '1.7976931348623157e+308',
    '0.1',
    '0.30000000000000004',
  ],
  numeric: ['NaN', '0.1000', '123456789012345678901234567890.5'],
  boolean: ['true', 'false'],
  text: [
    '',
    ' ',
    "it's",
    '"q"',
    'a\\b\\N',
    '\\x00',
    'NULL',
    '[1,null]',
    '{"a":1}',
    'tab\tfeed\nreturn\r',
    '\u2028\u2029\u0085',
    'ünïcode 🌊',
    '\u0001\u007f',
  ],
  'timestamp with time zone': [
    'infinity',
    '-infinity',
    '0044-03-15 12:34:56.789012+00 BC',
    '1969-12-31 23:59:59.999999+00',
    '2001-02-03 04:05:06.000001+00',
    '9999-12-31 23:59:59.999999+00',
  ],
  date: ['infinity', '0044-03-15 BC', '2001-02-03'],
  interval: ['1 year 2 mons -3 days 04:05:06.000001', '00:00:00'],
  uuid: [
    '00000000-0000-0000-0000-000000000000',
    'ffffffff-ffff-ffff-ffff-ffffffffffff',
    '0192f0c1-7d5e-7abc-8def-0123456789ab',
  ],
  bytea: ['\\x', '\\x00', '\\xff5c27220a', `\\x${BYTES}`],
  jsonb: [
    'null',
    '0',
    '""',
    '[]',
    '{"a": {"__proto__": [1, null, "\\u2028 \\"q\\" \\\\ \\n"]}}',
    '[9007199254740993, 0.1000, 1e400, -0.0]',
  ],
  'text[]': ['{}', '{a,NULL,"NULL","","x,y","q\\"\\\\"}'],
  'integer[]': ['{}', '{-1,NULL,2147483647}'],
  'bigint[]': ['{}', '{9223372036854775807,NULL}'],
  'double precision[]': ['{}', '{NaN,-Infinity,0.1,NULL}'],
};

/** Columns whose constraints let nothing else through. */
const AWKWARD_COLUMNS: Readonly<Record<string, readonly string[]>> = {
  'project.name': ['a', '0', 'a-_-0', `z${'_'.repeat(62)}9`],
  'token.id': ['000000000000000000000000', 'ffffffffffffffffffffffff', '0123456789abcdef01234567'],
  'token.secret_sha256': [`\\x${'00'.repeat(32)}`, `\\x${'ff'.repeat(31)}5c`],
  'rollup_dirty.width_s': ['3600', '86400'],
};

/** Times that a hypertable takes as well. */
const KEY_TIMES = ['1969-12-31 23:59:59.999999+00', '2001-02-03 04:05:06.000001+00', '2001-02-03 04:05:06.000002+00'];

/** Columns that refer to another table, and what they may be. */
type Reference = { readonly columns: string[]; readonly keys: readonly string[][] };
type Constraints = { readonly required: string[]; readonly literals: string[]; readonly references: Reference[] };

/**
 * Puts rows of awkward values into every table of the store, as far as its constraints allow them, and moves its sequences on.
 * @param random gives numbers from 0 to 1.
 * @throws {Error} for a table into which nothing fits, or a type without awkward values.
 */
export async function fillAwkwardly(database: Database, random: () => number): Promise<void> {
  const pick = <T>(items: readonly T[]) => items[Math.floor(random() * items.length)] as T;
  for (const table of await listTables(database)) {
    const constraints = await readConstraints(database, table);
    let stored = 0;
    let refusal: unknown;
    for (let tries = 0; stored === 0 ? tries < 300 : tries < 20; tries++) {
      const row = inventRow(table, constraints, pick);
      try {
        await insertRow(database, table, row);
        stored++;
      } catch (error) {
        refusal = error;
      }
    }
    if (stored === 0) throw new Error(`no row fits into ${table.name}`, { cause: refusal });
  }
}

async function readConstraints(db: Queryable, { name }: Table): Promise<Constraints> {
  const required = await db.query<{ column: string }>(
    `select attname as column from pg_attribute where attrelid = $1::text::regclass and attnum > 0 and attnotnull`,
    [quoteName(name)],
  );
  const checks = await db.query<{ text: string }>(
    `select pg_get_constraintdef(oid) as text from pg_constraint where conrelid = $1::text::regclass and contype = 'c'`,
    [quoteName(name)],
  );
  const references = await db.query<{ table: string; columns: string[]; targets: string[] }>(
    `select t.relname as table,
       (select jsonb_agg(attname order by n) from unnest(conkey) with ordinality as k (num, n)
        join pg_attribute on attrelid = conrelid and attnum = num) as columns,
       (select jsonb_agg(attname order by n) from unnest(confkey) with ordinality as k (num, n)
        join pg_attribute on attrelid = confrelid and attnum = num) as targets
     from pg_constraint join pg_class t on t.oid = confrelid
     where conrelid = $1::text::regclass and contype = 'f' order by cardinality(conkey)`,
    [quoteName(name)],
  );
  return {
    required: required.map(({ column }) => column),
    literals: checks.flatMap(({ text }) => [...text.matchAll(/'([^']+)'::text/g)].map((match) => match[1] as string)),
    references: await Promise.all(
      references.map(async ({ table, columns, targets }) => {
        const texts = targets.map((target) => `${quoteName(target)}::text`).join(', ');
        const rows = await db.query<{ key: string[] }>(
          `select to_jsonb(array[${texts}]) as key from ${quoteName(table)}`,
        );
        return { columns, keys: rows.map(({ key }) => key) };
      }),
    ),
  };
}

function inventRow(
  { name: table, columns, key }: Table,
  { required, literals, references }: Constraints,
  pick: <T>(items: readonly T[]) => T,
): Map<string, string | null> {
  const row = new Map<string, string | null>();
  for (const { name, type } of columns) {
    const isKeyTime = type === 'timestamp with time zone' && key.includes(name);
    const values = AWKWARD_COLUMNS[`${table}.${name}`] ?? (isKeyTime ? KEY_TIMES : AWKWARD[type]);
    if (values === undefined) throw new Error(`${name} has type ${type}: add awkward values of it`);
    const mayBeNull = !required.includes(name) && pick([true, false]);
    row.set(
      name,
      mayBeNull ? null : pick(type === 'text' && literals.length > 0 && pick([true, false]) ? literals : values),
    );
  }
  for (const { columns: own, keys } of references) {
    const values = pick(keys);
    for (const [i, column] of own.entries()) row.set(column, values[i] as string);
  }
  return row;
}

async function insertRow(
  db: Queryable,
  { name, columns }: Table,
  row: ReadonlyMap<string, string | null>,
): Promise<void> {
  const names = columns.map((column) => quoteName(column.name)).join(', ');
  const values = columns.map(({ type }, i) => `$${i + 1}::text::${type}`).join(', ');
  await db.query(
    `insert into ${quoteName(name)} (${names}) overriding system value values (${values})`,
    columns.map((column) => row.get(column.name) ?? null),
  );
}

/** Every row of every table, as text, in an order of its own. */
export async function readEverything(db: Queryable): Promise<Record<string, string[]>> {
  const all: Record<string, string[]> = {};
  for (const { name, columns } of await listTables(db)) {
    const texts = columns.map((column) => `${quoteName(column.name)}::text`).join(', ');
    const rows = await db.query<{ line: string }>(
      `select to_jsonb(array[${texts}])::text as line from ${quoteName(name)}`,
    );
    all[name] = rows.map(({ line }) => line).sort();
  }
  return all;
}
