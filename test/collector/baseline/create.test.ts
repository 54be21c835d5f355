import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { type BaselineSeries, decodeBins } from '../../../collector/src/baseline/baseline.ts';
import { targetOfColumn } from '../../../collector/src/baseline/column-name.ts';
import { type CreatedBaseline, type CreateOptions, createBaseline } from '../../../collector/src/baseline/create.ts';
import { readFile } from '../../../collector/src/baseline/read-file.ts';
import { sharesIn } from '../../../collector/src/drift/bins.ts';
import { CollectorError } from '../../../collector/src/errors.ts';

const folder = mkdtempSync(join(tmpdir(), 'tidemark-baseline-'));
after(() => rmSync(folder, { recursive: true }));

async function created(
  text: string | Buffer,
  options: CreateOptions = {},
  name = 'train.csv',
): Promise<CreatedBaseline> {
  const path = join(folder, name);
  writeFileSync(path, text);
  return createBaseline(await readFile(path), options);
}

async function refused(text: string | Buffer, options: CreateOptions = {}, name = 'train.csv'): Promise<string> {
  try {
    await created(text, options, name);
  } catch (error) {
    assert.ok(error instanceof CollectorError && error.code === 'BASELINE_INVALID', String(error));
    return error.message.replaceAll(join(folder, name), 'FILE');
  }
  return assert.fail('the file was taken');
}

const seriesOf = (baseline: CreatedBaseline, key: string): BaselineSeries =>
  baseline.series.get(key) ?? assert.fail(`no ${key}`);

test('columns become series: stages by prefix, kinds by their values, empty cells as nulls', async () => {
  const baseline = await created('\ufeffdistance,input.origin,petal.length\n100,ATL,1.5\n250,,2.5\n,"OR,D",x\n');
  assert.equal(baseline.rows, 3);
  assert.deepEqual([...baseline.series.keys()], ['feature/distance', 'input/origin', 'feature/petal.length']);
  const distance = seriesOf(baseline, 'feature/distance');
  assert.deepEqual(
    [distance.kind, distance.summary.kinds.valid, distance.summary.kinds.missing, distance.summary.moments.mean],
    ['number', 2, 1, 175],
  );
  const origin = seriesOf(baseline, 'input/origin');
  assert.deepEqual(
    [origin.stage, origin.field, origin.kind, origin.summary.categories.count('OR,D')],
    ['input', 'origin', 'category', 1],
  );
  assert.equal(
    seriesOf(baseline, 'feature/petal.length').kind,
    'category',
    'one cell that is no number makes categories',
  );
});

test('bins are made with the baseline and survive being stored', async () => {
  const rows = Array.from({ length: 1000 }, (_, index) => `${index},${index % 4 === 0 ? 'a' : 'b'}`).join('\n');
  const baseline = await created(`x,c\n${rows}\n`);
  const x = seriesOf(baseline, 'feature/x');
  assert.ok(x.bins.kind === 'number' && x.bins.cuts.length === 9);
  for (const share of sharesIn(x.bins, x.summary)!) assert.ok(Math.abs(share - 0.1) < 0.005);
  for (const { bins } of baseline.series.values()) {
    assert.deepEqual(decodeBins(JSON.stringify(bins)), bins);
    assert.deepEqual(decodeBins(JSON.parse(JSON.stringify(bins))), bins);
  }
  assert.deepEqual(seriesOf(baseline, 'feature/c').bins, { kind: 'category', keys: ['b', 'a'] });
});

test('stored bins that are none are refused', () => {
  for (const json of [
    '',
    '{',
    'null',
    '[]',
    '{"kind":"number"}',
    '{"kind":"number","cuts":[2,1]}',
    '{"kind":"number","cuts":[null]}',
    '{"kind":"category","keys":["a","a"]}',
    '{"kind":"x","cuts":[]}',
  ]) {
    assert.throws(() => decodeBins(json), { code: 'BASELINE_INVALID' }, json);
  }
});

test('numbers come in every spelling, codes with leading zeros are categories unless declared as numbers', async () => {
  const text = 'n,code\n1e3,00501\n-.5,01234\n+7,90210\nnan,10001\n-inf,10002\n';
  const inferred = await created(text);
  const { kinds, moments } = seriesOf(inferred, 'feature/n').summary;
  assert.deepEqual([kinds.valid, kinds.nan, kinds.negativeInfinity, moments.min, moments.max], [3, 1, 1, -0.5, 1000]);
  assert.equal(seriesOf(inferred, 'feature/code').kind, 'category');
  const declared = await created(text, {
    expected: [
      { stage: 'feature', field: 'n', kind: 'category' },
      { stage: 'feature', field: 'code', kind: 'number' },
    ],
  });
  assert.equal(seriesOf(declared, 'feature/n').summary.categories.count('1e3'), 1);
  assert.equal(seriesOf(declared, 'feature/code').summary.moments.min, 501);
});

test('text among declared numbers is counted as of a wrong type', async () => {
  const baseline = await created('n\n1\nx\n3\n', { expected: [{ stage: 'feature', field: 'n', kind: 'number' }] });
  assert.deepEqual(
    [seriesOf(baseline, 'feature/n').summary.kinds.wrongType, seriesOf(baseline, 'feature/n').summary.kinds.valid],
    [1, 2],
  );
});

test('a column that begins with thousands of nulls takes its kind from what follows, and no null is lost', async () => {
  const text = `a,b,id\n${',,1\n'.repeat(10_000)}5,,2\n`;
  const baseline = await created(text);
  const { summary } = seriesOf(baseline, 'feature/a');
  assert.deepEqual(
    [baseline.rows, summary.kind, summary.kinds.missing, summary.kinds.valid],
    [10_001, 'number', 10_000, 1],
  );
  const empty = seriesOf(baseline, 'feature/b');
  assert.deepEqual(
    [empty.summary.kinds.missing, empty.summary.kinds.total, empty.bins],
    [10_001, 10_001, { kind: 'number', cuts: [] }],
  );
});

test('columns can be chosen and left out', async () => {
  const text = 'id,a,b\n1,2,3\n';
  assert.deepEqual([...(await created(text, { exclude: ['id'] })).series.keys()], ['feature/a', 'feature/b']);
  assert.deepEqual([...(await created(text, { columns: ['b'] })).series.keys()], ['feature/b']);
});

test('wrong columns are named all at once, with those that were probably meant', async () => {
  const expected = [
    { stage: 'feature', field: 'distance', kind: 'number' },
    { stage: 'input', field: 'origin', kind: 'category' },
    { stage: 'feature', field: 'hour', kind: 'number' },
  ] as const;
  const message = await refused('distnace,origin,hour\n1,a,2\n', { expected, strict: true, exclude: ['houer'] });
  assert.equal(
    message,
    [
      'FILE has the wrong columns:',
      "  - no column 'houer' (did you mean 'hour'?)",
      "  - the column 'distance' is missing (did you mean 'distnace'?)",
      "  - the column 'input.origin' is missing",
      "  - the model has no series for the column 'distnace' (did you mean 'distance'?)",
      "  - the model has no series for the column 'origin'",
    ].join('\n'),
  );
  assert.match(await refused('a,feature.a\n1,2\n'), /the columns 'a' and 'feature\.a' are the same series/);
  assert.match(await refused('a\n1\n', { exclude: ['a'] }), /no column is left/);
});

test('broken files are refused with the line, and say what was expected', async () => {
  const cases: [what: string, text: string | Buffer, message: RegExp, name?: string][] = [
    ['empty', '', /FILE is empty: expected a row of column names/],
    ['blank lines only', '\n\n\n', /FILE is empty/],
    ['header only', 'a,b\n', /FILE has column names but no rows/],
    ['a cell too few', 'a,b\n1,2\n3\n', /FILE:3: expected 2 cells as in the header, got 1/],
    [
      'a cell too many, after a cell of two lines',
      'a,b\n"1\n1",2\n3,4,5\n',
      /FILE:4: expected 2 cells as in the header, got 3/,
    ],
    ['a column twice', 'a,b,a\n1,2,3\n', /FILE:1: the column name 'a' stands there twice/],
    ['a column without a name', 'a,,c\n1,2,3\n', /FILE:1: column 2 has no name/],
    ['an open quote', 'a,b\n1,"2\n3,4\n', /FILE(:\d+)?: .*[Qq]uote/],
    ['another kind of file', '{}', /ends in \.csv, \.tsv, \.parquet, \.jsonl or \.ndjson/, 'train.json'],
    ['a Parquet file that is none', 'PAR1 nothing PAR1', /FILE: /, 'train.parquet'],
    ['an empty Parquet file', '', /FILE: /, 'empty.parquet'],
  ];
  for (const [what, text, message, name] of cases) assert.match(await refused(text, {}, name), message, what);
  await assert.rejects(readFile(join(folder, 'absent.csv')), {
    code: 'BASELINE_INVALID',
    message: /absent\.csv: ENOENT/,
  });
  await assert.rejects(readFile(join(folder, 'absent.parquet')), {
    code: 'BASELINE_INVALID',
    message: /absent\.parquet: ENOENT/,
  });
});

test('a quote that swallows the file is stopped', async () => {
  assert.match(await refused(`a,b\n1,"${'x'.repeat(3 << 20)}\n`), /FILE.*[Mm]ax/);
});

test('Windows line ends, quoted line ends and tabs are read', async () => {
  const crlf = await created('a,b\r\n1,"x\r\ny"\r\n2,z\r\n');
  assert.deepEqual([crlf.rows, seriesOf(crlf, 'feature/b').summary.categories.count('x\r\ny')], [2, 1]);
  assert.equal((await created('a\tb\n1\t2\n', {}, 'train.tsv')).series.size, 2);
});

test('column names that mean something to JavaScript are columns like others', async () => {
  assert.deepEqual(
    [...(await created('__proto__,constructor\n1,2\n')).series.keys()],
    ['feature/__proto__', 'feature/constructor'],
  );
});

test('only stages that exist are read as such', () => {
  const cases: [string, string, string][] = [
    ['a', 'feature', 'a'],
    ['input.a', 'input', 'a'],
    ['step:gen.a.b', 'step:gen', 'a.b'],
    ['Input.a', 'feature', 'Input.a'],
    ['input.', 'feature', 'input.'],
    ['.a', 'feature', '.a'],
    ['step:.a', 'feature', 'step:.a'],
  ];
  for (const [column, stage, field] of cases) assert.deepEqual(targetOfColumn(column), { stage, field }, column);
});

test('a column that the model has as vectors is refused where a file cannot hold them', async () => {
  const expected = [
    { stage: 'feature', field: 'x', kind: 'number' as const },
    { stage: 'input', field: 'embedding', kind: 'vector' as const },
  ];
  assert.equal(
    await refused('x,input.embedding\n1,[0 1]\n', { expected }),
    "FILE has the wrong columns:\n  - the column 'input.embedding' is of vectors, which only JSON Lines can hold: leave it out",
  );
});

test('rows with a time are cut into windows, in whatever order they come', async () => {
  const time = { column: 'at', windowMs: 3_600_000 };
  const rows = ['2021-06-01 07:05,,a', '2021-06-01 05:59,1,b', '2021-06-01 07:00,3,', '2021-06-01 05:00,5,b'];
  const { series, span, rows: count } = await created(`at,x,plan\n${rows.join('\n')}\n`, { time });
  assert.deepEqual([...series.keys()], ['feature/x', 'feature/plan'], 'the times are no series');
  const [five, seven] = [Date.UTC(2021, 5, 1, 5), Date.UTC(2021, 5, 1, 7)];
  assert.deepEqual([count, span], [4, { from: five, to: seven + 3_600_000 }]);
  assert.deepEqual(
    series.get('feature/x')?.windows?.map(({ start, summary }) => [start, summary.kinds.valid, summary.kinds.missing]),
    [
      [five, 2, 0],
      [seven, 1, 1],
    ],
  );
  assert.equal(series.get('feature/plan')?.windows?.[0]?.summary.categories.count('b'), 2);
});

test('nulls before the first value are in the windows they belong to', async () => {
  const rows = Array.from({ length: 5_000 }, (_, i) => `${i},${i < 4_500 ? '' : i}\n`).join('');
  const { series } = await created(`at,x\n${rows}`, { time: { column: 'at', windowMs: 1_000_000 } });
  const windows = series.get('feature/x')?.windows?.map(({ summary }) => [summary.kinds.missing, summary.kinds.valid]);
  assert.deepEqual(windows, [
    [1_000, 0],
    [1_000, 0],
    [1_000, 0],
    [1_000, 0],
    [500, 500],
  ]);
});

test('a row without a time, a column that is none and too many windows are refused', async () => {
  const time = { column: 'at', windowMs: 3_600_000 };
  const expected = "expected a time in the column 'at', such as 2026-03-01T12:00:00Z";
  assert.equal(await refused('at,x\n2021-06-01,1\n,2\n', { time }), `FILE: row 2: ${expected}, got none`);
  assert.equal(await refused('at,x\nsoon,1\n', { time }), `FILE: row 1: ${expected}, got "soon"`);
  assert.match(await refused('att,x\n1,1\n', { time }), /no column 'at' \(did you mean 'att'\?\)/);
  const years = Array.from({ length: 20_001 }, (_, i) => `${i * 3_600},${i}\n`).join('');
  assert.match(
    await refused(`at,x\n${years}`, { time }),
    /expected at most 20000 windows of columns, got more, at 1h each/,
  );
});
