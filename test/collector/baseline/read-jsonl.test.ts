import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { createBaseline } from '../../../collector/src/baseline/create.ts';
import { readFile } from '../../../collector/src/baseline/read-file.ts';
import { CollectorError } from '../../../collector/src/errors.ts';

const folder = mkdtempSync(join(tmpdir(), 'tidemark-jsonl-'));
after(() => rmSync(folder, { recursive: true }));

function fileOf(content: string | Buffer, name = 'train.jsonl'): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** All values of all columns, as they come. */
async function read(content: string | Buffer, wanted?: readonly string[]): Promise<Record<string, unknown[]>> {
  const file = await readFile(fileOf(content));
  const columns: Record<string, unknown[]> = Object.fromEntries((wanted ?? file.columns).map((name) => [name, []]));
  for await (const { column, firstRow, values } of file.chunks(wanted)) {
    assert.equal(columns[column]!.length, firstRow, 'runs of a column follow each other');
    columns[column]!.push(...Array.from(values));
  }
  return columns;
}

async function refused(content: string | Buffer): Promise<string> {
  try {
    await read(content);
  } catch (error) {
    assert.ok(error instanceof CollectorError && error.code === 'BASELINE_INVALID', String(error));
    return error.message.replaceAll(folder, '');
  }
  return assert.fail('the file was taken');
}

describe('a file of JSON Lines', () => {
  test('has a column for every name in any of its objects; what is absent is null', async () => {
    const content = '\ufeff{"age": 41, "plan": "a"}\r\n\n  \n{"plan": null, "late": true}\n{"age": 4.5}';
    assert.deepEqual(await read(content), {
      age: [41, null, 4.5],
      plan: ['a', null, null],
      late: [null, true, null],
    });
  });

  test('has columns of what is in an object within, named with a dot, which are stages and fields', async () => {
    const content = '{"input": {"origin": "ATL", "at": {"hour": 7}}}\n{"input": null}\n{"input": {"origin": "ORD"}}\n';
    assert.deepEqual(await read(content), { 'input.origin': ['ATL', null, 'ORD'], 'input.at.hour': [7, null, null] });
    const { series, rows } = await createBaseline(await readFile(fileOf(content)));
    assert.deepEqual([rows, ...series.keys()], [3, 'input/origin', 'input/at.hour']);
  });

  test('has vectors of lists of numbers, all of one size', async () => {
    const content = '{"v": [1, 2], "age": 1}\n{"v": [3, 4.5], "age": [2]}\n{"v": null}\n{"v": [1]}\n{"age": 3}\n';
    const { series } = await createBaseline(await readFile(fileOf(content)));
    const v = series.get('feature/v')!;
    assert.deepEqual([v.kind, v.summary.projections.count, v.summary.projections.size], ['vector', 2, 2]);
    assert.deepEqual([v.summary.kinds.missing, v.summary.kinds.wrongType], [2, 1]);
    const { kind, summary } = series.get('feature/age')!;
    assert.deepEqual([kind, summary.kinds.valid, summary.kinds.wrongType], ['category', 2, 1]);
    const expected = [{ stage: 'feature', field: 'age', kind: 'number' as const }];
    const declared = await createBaseline(await readFile(fileOf(content)), { expected });
    assert.equal(declared.series.get('feature/age')?.kind, 'number');
  });

  test('has no column of other lists alone', async () => {
    const content = '{"tags": ["a"], "age": 1}\n{"tags": [], "age": 2}\n{"tags": null, "age": 3}\n';
    assert.deepEqual(await read(content), { age: [1, 2, 3] });
  });

  test('takes names that mean something to JavaScript, and blanks in them', async () => {
    const content = '{"__proto__": 1, "constructor": 2, "Rush Hour": "x"}\n';
    const columns = await read(content, ['Rush Hour', '__proto__', 'constructor'].slice(0, 1));
    assert.deepEqual(columns, { 'Rush Hour': ['x'] });
    assert.deepEqual((await readFile(fileOf(content))).columns, ['__proto__', 'constructor', 'Rush Hour']);
  });

  test('is read in runs of bounded size, in order, and tells how far it is', async () => {
    const lines = Array.from({ length: 10_000 }, (_, i) => JSON.stringify({ i, text: `row ${i}` }));
    const shares: number[] = [];
    const file = await readFile(fileOf(`${lines.join('\n')}\n`, 'long.ndjson'), (share) => shares.push(share));
    let longest = 0;
    const values: unknown[] = [];
    for await (const chunk of file.chunks(['i'])) {
      longest = Math.max(longest, chunk.values.length);
      values.push(...Array.from(chunk.values));
    }
    assert.equal(longest, 4096);
    assert.deepEqual(values, [...lines.keys()]);
    assert.equal(shares.filter((share) => share === 1).length, 2, 'once for the names, once for the rows');
  });

  const long = `{"text": "${'x'.repeat(1 << 20)}"}`;
  const spoilt: readonly (readonly [what: string, content: string | Buffer, message: RegExp])[] = [
    ['an empty file', '\n\n', /^\/train\.jsonl is empty: expected a JSON object on each line$/],
    ['a line that is no JSON', '{"a":1}\n\n{"a":NaN}\n', /^\/train\.jsonl:3: expected a JSON object such as .*: .*NaN/],
    ['a line that is cut off', '{"a":1}\n{"a":', /^\/train\.jsonl:2: expected a JSON object such as /],
    [
      'a line that is a list',
      '[1,2]\n',
      /^\/train\.jsonl:1: expected a JSON object such as \{"age": 41\}, got a list$/,
    ],
    ['a line that is a number', '{"a":1}\n7\n', /^\/train\.jsonl:2: .* got a number$/],
    [
      'a name that stands there twice',
      '{"a.b":1,"a":{"b":2}}\n',
      /^\/train\.jsonl:1: the name 'a\.b' stands there twice$/,
    ],
    ['a name that is empty', '{"":1}\n', /^\/train\.jsonl:1: expected a name, got an empty one$/],
    [
      'objects nested without end',
      `${'{"a":'.repeat(40)}1${'}'.repeat(40)}\n`,
      /:1: expected objects nested at most 32 deep/,
    ],
    ['bytes that are no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), /:1: expected UTF-8/],
    ['a line without end', `{"a":1}\n${long}\n`, /^\/train\.jsonl:2: expected a line of at most 1048576 bytes/],
    ['nothing but lists', '{"a":["x"]}\n', /^\/train\.jsonl has no names with values$/],
    [
      'names that are data',
      Array.from({ length: 10_001 }, (_, i) => `{"id${i}":1}`).join('\n'),
      /:10001: expected at most 10000 names/,
    ],
  ];
  for (const [what, content, message] of spoilt) {
    test(`is refused for ${what}`, async () => assert.match(await refused(content), message));
  }

  test('that is not there is refused by name', async () => {
    await assert.rejects(readFile(join(folder, 'absent.jsonl')), /absent\.jsonl: ENOENT/);
  });
});
