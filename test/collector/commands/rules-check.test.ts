import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { DRIFT_METHODS } from '../../../collector/src/drift/index.ts';
import { folderWith, tidemark } from './program.ts';

const STARTER = fileURLToPath(new URL('../../../alerts/starter.yaml', import.meta.url));

/** Ten mistakes, each of another sort: form, names, numbers, meaning, templates, routes, secrets. */
const TEN_MISTAKES = `version: 1
evalution: { interval: 1m }
groups:
  - name: fraud
    rules:
      - alert: FeatureDrift
        drift:
          model: fraud
          method: pssi
          window: 90s
          baseline: { kind: reference, name: train }
        fire: "0.25"
        for: 15 minutes
      - alert: FeatureDrift
        schema: { model: fraud, measure: null_share, window: 10m }
        fire: "> 5"
        annotations: { summary: "{{ $labels.feild }} is missing" }
receivers:
  - name: people
    slack: { url: "hooks.slack.example/T0/hunter2" }
route: { receiver: poeple }
`;

const FOUND = [
  "2:1 evalution: unknown key 'evalution' (did you mean 'evaluation'?)",
  `9:19 groups[0].rules[0].drift.method: expected one of ${DRIFT_METHODS.join(', ')}, got 'pssi' (did you mean 'psi'?)`,
  '10:19 groups[0].rules[0].drift.window: the window must be a multiple of 1m, got 90s',
  '12:15 groups[0].rules[0].fire: expected a comparison in quotes such as "> 0.25", got \'0.25\'',
  "13:14 groups[0].rules[0].for: expected a duration such as 15m, 1h30m or 0, got '15 minutes'",
  "14:16 groups[0].rules[1].alert: there are two of the alert 'FeatureDrift'; names must differ",
  "16:15 groups[0].rules[1].fire: 'null_share' is a share, 0 to 1, so '> 5' means nothing; 5 % is written 0.05",
  "17:33 groups[0].rules[1].annotations.summary: there is no label 'feild' here (did you mean 'field'?)",
  '20:19 receivers[0].slack.url: expected an http or https address, or {env: NAME}, got another text',
  "21:20 route.receiver: there is no receiver 'poeple' (did you mean 'people'?)",
];

describe('tidemark rules check', () => {
  test('counts the rules of sound files', async () => {
    const { code, stdout, stderr } = await tidemark(['rules', 'check', STARTER]);
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(stdout, /^[1-9]\d* rules in 1 file\(s\), no mistakes\n$/);
  });

  test('prints every mistake of a file with its line and column', async (t) => {
    const folder = await folderWith(t, { 'rules.yaml': TEN_MISTAKES });
    const { code, stdout } = await tidemark(['rules', 'check', 'rules.yaml'], {}, folder);
    assert.equal(code, 1);
    assert.deepEqual(
      stdout.trimEnd().split('\n'),
      FOUND.map((line) => `rules.yaml:${line}`),
    );
    assert.doesNotMatch(stdout, /hunter2/);
  });

  test('gives the same to programs as JSON', async (t) => {
    const folder = await folderWith(t, { 'rules.yaml': TEN_MISTAKES });
    const { code, stdout } = await tidemark(['rules', 'check', '--json', 'rules.yaml'], {}, folder);
    assert.equal(code, 1);
    const { mistakes } = JSON.parse(stdout) as { mistakes: Record<string, string | number>[] };
    assert.deepEqual(
      mistakes.map(({ line, column, path, message }) => `${line}:${column} ${path}: ${message}`),
      FOUND,
    );
    assert.ok(mistakes.every(({ file }) => file === 'rules.yaml'));
  });

  test('reads every file it is given, also after a broken one', async (t) => {
    const folder = await folderWith(t, { 'a.yaml': 'version: 1\ngroups: [\n', 'b.yaml': 'version: 1\ngroups: []\n' });
    const { code, stdout } = await tidemark(['rules', 'check', 'a.yaml', 'b.yaml', STARTER], {}, folder);
    assert.equal(code, 1);
    assert.match(stdout, /^a\.yaml:\d+:\d+ /m);
    assert.match(stdout, /^b\.yaml:2:9 groups: expected at least 1 in this list, got 0$/m);
  });

  test('ends with 2 where there is no such file', async (t) => {
    const folder = await folderWith(t, {});
    const { code, stderr } = await tidemark(['rules', 'check', join(folder, 'absent.yaml')]);
    assert.equal(code, 2);
    assert.match(stderr, /^tidemark: cannot read .*absent\.yaml: ENOENT/);
  });
});
