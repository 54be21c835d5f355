import assert from 'node:assert/strict';
import { test } from 'node:test';
import Type from 'typebox';
import { formatMistakes, parseYaml } from '../../collector/src/checked-yaml.ts';

const SCHEMA = Type.Object(
  {
    port: Type.Integer({ minimum: 1, maximum: 65535 }),
    level: Type.Optional(Type.Enum(['debug', 'info'])),
    tags: Type.Optional(Type.Array(Type.String())),
  },
  { additionalProperties: false },
);

test('a sound file comes back typed, with the places of its parts', () => {
  const read = parseYaml('# first\nport: 7410\ntags:\n  - a\n  - b\n', SCHEMA, 'c.yaml');
  assert.ok(read.ok);
  const port: number = read.value.port;
  assert.equal(port, 7410);
  assert.deepEqual(read.positionOf(['port']), { line: 2, column: 7 });
  assert.deepEqual(read.positionOf(['port'], 'key'), { line: 2, column: 1 });
  assert.deepEqual(read.positionOf(['tags', 1]), { line: 5, column: 5 });
  assert.deepEqual(read.positionOf(['tags', 7, 'x']), { line: 4, column: 3 }, 'the nearest thing above');
});

test('all mistakes of form come at once, in file order', () => {
  const read = parseYaml('levle: info\nport: 0\ntags: [1, a]\n', SCHEMA, 'c.yaml');
  assert.ok(!read.ok);
  assert.equal(
    formatMistakes(read.mistakes),
    [
      "c.yaml:1:1 levle: unknown key 'levle' (did you mean 'level'?)",
      'c.yaml:2:7 port: expected a number >= 1, got 0',
      'c.yaml:3:8 tags[0]: expected a text, got 1',
    ].join('\n'),
  );
});

test('an empty file lacks what is required', () => {
  const read = parseYaml('', SCHEMA, 'c.yaml');
  assert.ok(!read.ok);
  assert.equal(formatMistakes(read.mistakes), "c.yaml:1:1 'port' is missing here");
});

test('what is shared by an anchor is blamed where it is used', () => {
  const read = parseYaml('tags: &t [1]\nport: *t\n', SCHEMA, 'c.yaml');
  assert.ok(!read.ok);
  assert.deepEqual(
    read.mistakes.map((one) => [one.line, one.column, one.path]),
    [
      [1, 11, 'tags[0]'],
      [2, 7, 'port'],
    ],
  );
});

test('a keyword that the friendly messages do not know is still enforced', () => {
  const read = parseYaml('port: 5\n', Type.Object({ port: Type.Integer({ multipleOf: 2 }) }), 'c.yaml');
  assert.ok(!read.ok);
  assert.match(formatMistakes(read.mistakes), /^c\.yaml:1:7 port: .*multiple/);
});

test('what the parser makes of a file never quotes it, since a secret may stand there', () => {
  for (const value of ['*hush', '!hush!a x', '|hush\n  x', '%hush', '"\n  hush', '[hush', '{ a: hush', '"\\xhush"']) {
    const read = parseYaml(`port: 1\nlevel: ${value}\n`, SCHEMA, 'c.yaml');
    assert.ok(!read.ok, value);
    assert.ok(!formatMistakes(read.mistakes).includes('hush'), formatMistakes(read.mistakes));
  }
});
