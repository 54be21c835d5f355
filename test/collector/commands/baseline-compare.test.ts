import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { baselineCompare } from '../../../collector/src/commands/baseline-compare.ts';
import { tinyParquet } from '../baseline/tiny-parquet.ts';
import { inProcess, tidemarkHere } from './in-process.ts';

type Counts = { rows: number; missing: number; nan: number; infinite: number; wrong_type: number };
type Column = {
  name: string;
  kind: string;
  n_ref: number;
  n_live: number;
  scores: Record<string, number | null>;
  ref: Counts;
  live: Counts;
  error?: string;
};

let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidemark-compare-'));
});
after(() => rm(folder, { recursive: true }));

async function fileOf(name: string, content: string | Buffer): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

const run = (...args: string[]) => inProcess(baselineCompare, args);

async function compare(...args: string[]): Promise<Map<string, Column>> {
  const { stdout } = await run(...args, '--json');
  const { columns } = JSON.parse(stdout) as { columns: Column[] };
  return new Map(columns.map((column) => [column.name, column]));
}

/** Rows as CSV, `from` counted up; `day` has a blank and `note` is null in every third row. */
const rowsFrom = (from: number, origin: string): string[] =>
  Array.from({ length: 300 }, (_, i) => `${from + i},${i % 2 ? origin : 'ORD'},${i % 3 ? 'None' : ''}`);
const csvOf = (rows: readonly string[]): string => `distance,Rush Hour,note\n${rows.join('\n')}\n`;

describe('tidemark baseline compare', () => {
  test('scores every column of two files and prints what a program can read, without a store', async () => {
    const reference = await fileOf('a.csv', csvOf(rowsFrom(0, 'ATL')));
    const live = await fileOf('b.csv', csvOf(rowsFrom(150, 'SFO')));
    const cwd = await mkdtemp(join(folder, 'cwd-'));
    const { code, stdout, stderr } = await tidemarkHere(['baseline', 'compare', reference, live, '--json'], {}, cwd);
    assert.deepEqual([code, stderr], [0, '']);
    assert.deepEqual(readdirSync(cwd), [], 'no store was made');
    const { columns, ...rest } = JSON.parse(stdout) as { columns: Column[] };
    assert.deepEqual(rest, {});
    assert.deepEqual(
      columns.map(({ name, kind, n_ref, n_live }) => ({ name, kind, n_ref, n_live })),
      [
        { name: 'distance', kind: 'number', n_ref: 300, n_live: 300 },
        { name: 'Rush Hour', kind: 'category', n_ref: 300, n_live: 300 },
        { name: 'note', kind: 'category', n_ref: 200, n_live: 200 },
      ],
    );
    const [distance, origin, note] = columns as [Column, Column, Column];
    assert.ok(Math.abs(distance.scores.ks! - 0.5) < 1e-9, String(distance.scores.ks));
    assert.ok(origin.scores.psi! > 4, String(origin.scores.psi));
    assert.equal(note.scores.psi, 0, 'the text None is a value');
    assert.deepEqual(note.ref, { rows: 300, missing: 100, nan: 0, infinite: 0, wrong_type: 0 });
  });

  test('takes the same values from CSV, TSV, JSON Lines and Parquet for the same', async () => {
    const rows = Array.from({ length: 500 }, (_, i) => ({ x: (i * 7919) % 500, 'input.o': i % 3 ? 'ATL' : 'ORD' }));
    const text = (gap: string) =>
      `x${gap}input.o\n${rows.map((row) => `${row.x}${gap}${row['input.o']}`).join('\n')}\n`;
    const files = [
      await fileOf('same.csv', text(',')),
      await fileOf('same.tsv', text('\t')),
      await fileOf('same.jsonl', rows.map((row) => `{"x":${row.x},"input":{"o":"${row['input.o']}"}}`).join('\n')),
      await fileOf(
        'same.parquet',
        tinyParquet({ x: rows.map(({ x }) => x), 'input.o': rows.map((r) => r['input.o']) }),
      ),
    ];
    for (const file of files) {
      for (const flags of [[], ['--exact']]) {
        const found = await compare(files[0]!, file, ...flags);
        assert.deepEqual([...found.keys()], ['x', 'input.o']);
        for (const { name, n_ref, n_live, scores } of found.values()) {
          assert.deepEqual([n_ref, n_live, scores.psi], [500, 500, 0], `${file} ${name}`);
        }
      }
    }
  });

  test('a column that cannot be compared says why and stops no other', async () => {
    const lines = (rows: readonly object[]) => rows.map((row) => JSON.stringify(row)).join('\n');
    const [reference, live] = [
      await fileOf(
        'odd.jsonl',
        lines([
          { fine: 1, changed: 1, back: 'UP', gone: 1, empty: null, dead: 1, zip: '00501' },
          { fine: 2, changed: 2, back: 'DOWN', gone: 2, empty: null, dead: 2, zip: '10001' },
        ]),
      ),
      await fileOf(
        'odd-live.jsonl',
        lines([
          { fine: 1, changed: 'one', back: 1, fresh: true, empty: null, dead: null, zip: '10001' },
          { fine: 'ERR', changed: 'two', back: 0, fresh: true, empty: null, dead: null, zip: '10002' },
        ]),
      ),
    ];
    for (const flags of [[], ['--exact']]) {
      const found = await compare(reference, live, ...flags);
      const errors = Object.fromEntries(
        [...found.values()].flatMap(({ name, error }) => (error ? [[name, error]] : [])),
      );
      assert.deepEqual(errors, {
        changed: 'it is of numbers in REF, but 2 of 2 values in LIVE are none, such as "one"',
        back: 'it is of text in REF, such as "UP", but of numbers in LIVE',
        gone: 'it is in REF only',
        empty: 'it has no values in either file',
        dead: 'it has no values in LIVE',
        fresh: 'it is in LIVE only',
      });
      assert.equal(found.get('fine')?.live.wrong_type, 1);
      assert.equal(found.get('fine')?.n_live, 1);
      assert.equal(found.get('zip')?.kind, 'category', 'one code with a leading zero is enough here');
      assert.equal(found.get('dead')?.live.missing, 2);
      assert.equal(found.get('dead')?.scores.null_share, 1, 'shares of what there is are had without values');
      assert.deepEqual([found.get('changed')?.scores, found.get('gone')?.scores], [{}, {}]);
    }
    const { code, stdout } = await run(reference, live);
    assert.equal(code, 0);
    assert.match(stdout, /\n\nnot compared\n {2}changed: it is of numbers in REF/);
  });

  test('compares vectors, and says where they are none any more', async () => {
    const lines = (shift: number, other: string) =>
      Array.from({ length: 200 }, (_, i) => `{"v":[${(i % 7) + shift},${i % 3}],"w":${other}}`).join('\n');
    const reference = await fileOf('v.jsonl', lines(0, '[1,2]'));
    const live = await fileOf('v-live.jsonl', lines(5, '"gone"'));
    for (const flags of [[], ['--exact']]) {
      const found = await compare(reference, live, ...flags);
      const { kind, n_ref, n_live, scores } = found.get('v')!;
      assert.deepEqual([kind, n_ref, n_live], ['vector', 200, 200]);
      assert.ok(scores.sliced_wasserstein! > 0.5, String(scores.sliced_wasserstein));
      assert.equal(
        found.get('w')?.error,
        'it is of vectors in REF, but 200 of 200 values in LIVE are none, such as "gone"',
      );
    }
    assert.match((await run(reference, live)).stdout, /\nvector {2}n_ref {2}n_live {2}sliced_wasserstein/);
  });

  test('compares how two columns go together, where they are asked for, and names what is no pair', async () => {
    const rows = (turn: (i: number) => number) =>
      Array.from({ length: 500 }, (_, i) => [i % 50, turn(i % 50)] as const);
    const csv = (all: readonly (readonly [number, number])[]) =>
      `x,y,z\n${all.map(([x, y]) => `${x},${y},1`).join('\n')}\n`;
    const reference = await fileOf('p.csv', csv(rows((x) => 3 * x)));
    const live = await fileOf(
      'p-live.jsonl',
      rows((x) => -x)
        .map(([x, y]) => JSON.stringify({ y, x: String(x) }))
        .join('\n'),
    );
    for (const flags of [[], ['--exact'], ['--columns', 'x']]) {
      const found = await compare(reference, live, '--pairs', 'x~y', ...flags);
      const { kind, n_ref, n_live, scores } = found.get('x~y')!;
      assert.deepEqual([kind, n_ref, n_live], ['pair', 500, 500]);
      assert.deepEqual(Object.keys(scores), ['correlation_change']);
      assert.ok(Math.abs(scores.correlation_change! + 2) < 1e-9, String(scores.correlation_change));
      assert.equal(found.get('x')?.kind, 'number');
    }
    assert.equal((await compare(reference, live, '--pairs', 'x~z')).get('x~z')?.error, 'it is in REF only');
    const numberless = await fileOf('p-text.csv', 'x,y,z\nup,down,\nup,down,\n');
    const errorOf = async (ref: string, other: string) =>
      (await compare(ref, other, '--pairs', 'x~y')).get('x~y')?.error;
    assert.equal(await errorOf(reference, numberless), 'it has fewer than two pairs of numbers in LIVE');
    const same = await fileOf('p-same.csv', 'x,y\n1,1\n2,1\n');
    assert.equal(await errorOf(same, reference), 'one of the two never changes in REF');
    const stuck = (await compare(reference, same, '--pairs', 'x~y')).get('x~y')!;
    assert.equal(stuck.error, undefined);
    assert.ok(Math.abs(stuck.scores.correlation_change! + 1) < 1e-9);
    const named = await fileOf('p-named.csv', 'x,feature.x,y\n1,3,1\n2,2,2\n3,1,3\n');
    assert.equal((await compare(named, named, '--pairs', 'x~y')).get('x~y')?.scores.correlation_change, 0);
    await assert.rejects(run(named, named, '--pairs', 'x~feature.x'), /'x~feature\.x' is no pair/);
    const tilde = await fileOf('p-tilde.csv', 'x,y,x~y\n1,1,1\n');
    await assert.rejects(run(tilde, reference, '--pairs', 'x~y'), /'x~y' is a column/);
    assert.match(
      (await run(reference, live, '--pairs', 'x~y')).stdout,
      /\npair {2}n_ref {2}n_live {2}correlation_change\nx~y/,
    );
    await assert.rejects(run(reference, live, '--pairs', 'x,x~w,y~y'), (error: Error) => {
      assert.match(error.message, /'x' is no pair: expected two names such as a~b/);
      assert.match(error.message, /no column 'w'/);
      assert.match(error.message, /'y~y' is no pair/);
      return true;
    });
  });

  test('bins lie where REF puts them: turned round, the scores differ', async () => {
    const [steps, wide] = [
      await fileOf('steps.csv', `x\n${Array.from({ length: 400 }, (_, i) => i % 4).join('\n')}\n`),
      await fileOf('wide.csv', `x\n${Array.from({ length: 400 }, (_, i) => i / 100).join('\n')}\n`),
    ];
    const [there, back] = [await compare(steps, wide, '--exact'), await compare(wide, steps, '--exact')];
    assert.notEqual(there.get('x')?.scores.psi, back.get('x')?.scores.psi);
  });

  test('compares the columns that are named, and reads as categories those that are said to be', async () => {
    const reference = await fileOf('named.csv', csvOf(rowsFrom(0, 'ATL')));
    const found = await compare(
      reference,
      reference,
      '--columns',
      'note, Rush Hour,distance',
      '--categories',
      'distance',
    );
    assert.deepEqual(
      [...found.values()].map(({ name, kind }) => `${name}:${kind}`),
      ['note:category', 'Rush Hour:category', 'distance:category'],
    );
  });

  test('prints a table with what moved most first, in blocks that fit', async () => {
    const reference = await fileOf('t.csv', csvOf(rowsFrom(0, 'ATL')));
    const live = await fileOf('u.csv', csvOf(rowsFrom(150, 'SFO')));
    const { code, stdout } = await run(reference, live);
    assert.equal(code, 0);
    const lines = stdout.split('\n');
    assert.equal(lines[0], 'REF has 300 rows, LIVE 300');
    assert.ok(lines.every((line) => line.length <= 120));
    assert.ok(stdout.indexOf('\nRush Hour') < stdout.indexOf('\nnote'), stdout);
  });

  test('ends with 1 where nothing could be compared or a file is bad, with 2 for wrong use', async () => {
    const reference = await fileOf('x.csv', 'a\n1\n2\n');
    const other = await fileOf('y.csv', 'b\n1\n2\n');
    assert.equal((await run(reference, other)).code, 1);
    const refusals: readonly (readonly [args: string[], code: number, message: RegExp])[] = [
      [[reference, join(folder, 'absent.csv')], 1, /absent\.csv: ENOENT/],
      [[reference, reference, '--columns', 'A,zzz'], 1, /no column 'A' \(did you mean 'a'\?\)\n {2}- no column 'zzz'/],
      [[reference], 2, /expected 2 operands, got 1/],
      [[reference, other, '--exakt'], 2, /--exakt/],
      [[reference, other, '--columns', ','], 2, /^tidemark: --columns: expected names, got none$/m],
    ];
    for (const [args, code, message] of refusals) {
      const ended = await tidemarkHere(['baseline', 'compare', ...args]);
      assert.deepEqual([ended.code, ended.stdout], [code, '']);
      assert.match(ended.stderr, message);
    }
  });
});
