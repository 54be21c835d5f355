import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { tidemarkHere } from './in-process.ts';
import { folderWith } from './program.ts';

const RULES = `version: 1
groups:
  - name: g
    interval: 1h
    rules:
      - alert: Shift
        drift: { model: m, method: ks, window: 1h, baseline: { kind: reference, name: ref }, min_samples: 10 }
        fire: "> 0.5"
        for: 1h
      - alert: Beyond
        drift: { model: m, method: ks, window: 1h, baseline: { kind: reference, name: ref }, min_samples: 10 }
        fire: { effect: "> 0.1", at_most: 1/month }
      - alert: Missing
        schema: { model: m, measure: null_share, window: 1h, min_samples: 10 }
        fire: "> 0.2"
        no_data: nodata
        no_data_for: 1h
`;

const SOUND = `version: 1
rules: rules.yaml
baselines:
  - { name: ref, model: m, field: x, normal: { mean: 0, sd: 1 } }
tests:
  - name: a shift
    given:
      - model: m
        field: x
        runs:
          - { for: 2h, normal: { mean: 0, sd: 1 } }
          - { for: 2h, normal: { mean: 3, sd: 1 } }
          - { for: 3h, none: true }
    expect:
      - { at: 2h, alerts: [] }
      - { at: 3h, alerts: [{ alert: Shift, state: pending }, { alert: Beyond, state: firing }] }
      - { at: 4h, alerts: [{ alert: Shift, state: firing, labels: { field: x, version: "1" } }, { alert: Beyond, state: firing }] }
      - at: 7h
        alerts:
          - { alert: TidemarkNoData, state: firing, labels: { rulename: Missing } }
          - { alert: Shift, state: firing }
          - { alert: Beyond, state: firing }
`;

const TEN_MISTAKES = `version: 1
rules: rules.yaml
baselines:
  - { name: ref, model: m, field: x, normal: { mean: 0, sd: 1 }, counts: { a: 1 } }
tests:
  - name: everything that can be wrong
    only: [Shfit]
    given:
      - model: m
        field: x
        runs:
          - { for: 90m, uniform: { from: 0, to: 1 } }
          - { for: 1h, none: true, values: [1] }
          - { for: 1h, n: 5 }
      - model: m
        field: x
        runs:
          - { for: 1h, counts: { a: 3 }, n: 3 }
          - { for: 1h, values: [1, 2] }
          - { for: 20000h, values: [a] }
    expect:
      - { at: 1h, alerts: [{ alert: Missing, state: firing }] }
      - { at: 1h, alerts: [{ alert: Mising, state: firing }] }
`;

const FOUND = [
  'tests.yaml:4:5 baselines[0]: expected one of normal, uniform, counts, values, vectors, pairs here, got normal and counts',
  "tests.yaml:7:12 tests[0].only[0]: there is no rule 'Shfit' (did you mean 'Shift'?)",
  'tests.yaml:12:20 tests[0].given[0].runs[0].for: expected a multiple of the window, 1h, got 90m',
  'tests.yaml:13:24 tests[0].given[0].runs[1].none: there are no windows, or empty ones, or values: one of these',
  'tests.yaml:14:13 tests[0].given[0].runs[2]: expected one of normal, uniform, counts, values, vectors, pairs here, got none',
  'tests.yaml:14:24 tests[0].given[0].runs[2].n: n belongs to normal, uniform, vectors and pairs; counts and values say how many there are',
  "tests.yaml:16:16 tests[0].given[1].field: the field 'x' is given twice",
  'tests.yaml:18:11 tests[0].given[1].runs: a series holds numbers, categories, vectors or pairs, not several of them',
  'tests.yaml:18:11 tests[0].given[1].runs: expected at most 10000 windows, got 20002',
  'tests.yaml:18:42 tests[0].given[1].runs[0].n: n belongs to normal, uniform, vectors and pairs; counts and values say how many there are',
  "tests.yaml:22:37 tests[0].expect[0].alerts[0].alert: 'Missing' is not among `only`",
  "tests.yaml:23:37 tests[0].expect[1].alerts[0].alert: 'Mising' is no rule (did you mean 'Missing'?)",
];

const MOVING_RULES = `version: 1
defaults: { model: m, window: 1h, min_samples: 10, baseline_min_samples: 150 }
groups:
  - name: g
    interval: 1h
    rules:
      - alert: Trailed
        drift: { method: ks, baseline: { kind: trailing, duration: 2h } }
        fire: "> 0.5"
      - alert: SameTime
        drift: { method: ks, baseline: { kind: same_time, offset: 2h, periods: 2 } }
        fire: "> 0.5"
      - alert: Version
        drift: { method: ks, baseline: { kind: version, version: previous, duration: 2h } }
        fire: "> 0.5"
`;

const MOVING = `version: 1
rules: rules.yaml
tests:
  - name: a version that is unlike the one before, and then unlike itself
    given:
      - { model: m, field: x, runs: [{ for: 2h, normal: { mean: 0, sd: 1 } }] }
      - model: m
        version: "2"
        field: x
        runs:
          - { for: 2h, none: true }
          - { for: 4h, normal: { mean: 5, sd: 1 } }
          - { for: 2h, normal: { mean: 0, sd: 1 } }
    expect:
      - { at: 2h, alerts: [] }
      - { at: 3h, alerts: [{ alert: Version, state: firing, labels: { version: "2" } }] }
      - { at: 6h, alerts: [{ alert: Version, state: firing }] }
      - at: 7h
        alerts:
          - { alert: Trailed, state: firing }
          - { alert: SameTime, state: firing }
          - { alert: Version, state: resolved }
`;

describe('tidemark rules test', () => {
  test('passes where every alert is as expected, and shows what is not, with its line', async (t) => {
    const wrong = SOUND.replace(
      'at: 4h, alerts: [{ alert: Shift, state: firing',
      'at: 4h, alerts: [{ alert: Shift, state: resolved',
    ).replace(
      '{ at: 2h, alerts: [] }',
      '{ at: 2h, alerts: [{ alert: Missing, state: firing, labels: { field: y } }] }',
    );
    const folder = await folderWith(t, { 'rules.yaml': RULES, 'sound.yaml': SOUND, 'wrong.yaml': wrong });
    const sound = await tidemarkHere(['rules', 'test', 'sound.yaml'], {}, folder);
    assert.deepEqual([sound.code, sound.stdout, sound.stderr], [0, 'sound.yaml: 1 of 1 tests pass\n', '']);
    const failed = await tidemarkHere(['rules', 'test', 'wrong.yaml', 'sound.yaml'], {}, folder);
    assert.deepEqual(
      [failed.code, failed.stdout.split('\n')],
      [
        1,
        [
          'wrong.yaml:15:15 a shift: not as expected at 2h (- expected, + got)',
          '  - Missing firing field=y',
          'wrong.yaml:17:15 a shift: not as expected at 4h (- expected, + got)',
          '  - Shift resolved field=x version=1',
          '  + Shift firing field=x model=m severity=warning stage=feature version=1',
          'wrong.yaml: 0 of 1 tests pass',
          'sound.yaml: 1 of 1 tests pass',
          '',
        ],
      ],
    );
    const asJson = await tidemarkHere(['rules', 'test', 'wrong.yaml', '--json'], {}, folder);
    const { files } = JSON.parse(asJson.stdout) as { files: { mismatches: { at: string }[] }[] };
    assert.deepEqual([asJson.code, files[0]?.mismatches.map(({ at }) => at)], [1, ['2h', '4h']]);
  });

  test('knows baselines that move, which take what the test gives of the time before', async (t) => {
    const folder = await folderWith(t, { 'rules.yaml': MOVING_RULES, 'moving.yaml': MOVING });
    const { code, stdout } = await tidemarkHere(['rules', 'test', 'moving.yaml'], {}, folder);
    assert.deepEqual([code, stdout], [0, 'moving.yaml: 1 of 1 tests pass\n']);
  });

  test('reports all mistakes of the file at once, and those of its rules under their own name', async (t) => {
    const folder = await folderWith(t, {
      'rules.yaml': RULES,
      'tests.yaml': TEN_MISTAKES,
      'broken.yaml': RULES.replace('fire: "> 0.5"', 'fire: "> 5"'),
      'of-broken.yaml': SOUND.replace('rules.yaml', 'broken.yaml'),
    });
    const found = await tidemarkHere(['rules', 'test', 'tests.yaml'], {}, folder);
    assert.deepEqual([found.code, found.stdout.trimEnd().split('\n')], [1, FOUND]);
    const broken = await tidemarkHere(['rules', 'test', 'of-broken.yaml'], {}, folder);
    assert.equal(broken.code, 1);
    assert.match(broken.stdout, /^broken\.yaml:8:15 groups\[0\]\.rules\[0\]\.fire: 'ks' is a share/);
    assert.equal((await tidemarkHere(['rules', 'test', 'nowhere.yaml'], {}, folder)).code, 2);
  });
});
