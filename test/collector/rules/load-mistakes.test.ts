import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadRules } from '../../../collector/src/rules/load.ts';

function mistakes(text: string): [line: number, column: number, path: string, message: string][] {
  const result = loadRules(text, 'rules.yaml');
  assert.ok(!result.ok, 'the file was taken');
  return result.mistakes.map((one) => [one.line, one.column, one.path, one.message]);
}

test('twelve planted mistakes are reported at once, each at its line and column', () => {
  const text = `version: 2
groups:
  - name: fraud
    rules:
      - alert: FeatureDrift
        drift:
          model: fraud
          metod: psi
          window: 90s
          baseline: { kind: referense, name: train }
        fire: 0.25
        labels: { severity: wrning }
      - alert: FeatureDrift
        schema: { model: fraud, measure: null_share, window: 10m, min_samples: 0 }
        fire: "> 5"
        clear: "> 4"
        annotations: { summary: "{{ $labels.feild }} is {{ $value }}" }
route: { receiver: nobody }
`;
  assert.deepEqual(mistakes(text), [
    [1, 10, 'version', 'expected 1, got 2'],
    [7, 11, 'groups[0].rules[0].drift', "'method' is missing here"],
    [8, 11, 'groups[0].rules[0].drift.metod', "unknown key 'metod' (did you mean 'method'?)"],
    [9, 19, 'groups[0].rules[0].drift.window', 'the window must be a multiple of 1m, got 90s'],
    [
      10,
      29,
      'groups[0].rules[0].drift.baseline.kind',
      "expected reference, got 'referense' (did you mean 'reference'?)",
    ],
    [
      11,
      15,
      'groups[0].rules[0].fire',
      'expected a comparison in quotes such as "> 0.25" or { effect: "> 0.25", at_most: 1/month }, got 0.25',
    ],
    [
      12,
      29,
      'groups[0].rules[0].labels.severity',
      "expected one of critical, error, warning, info, page, got 'wrning' (did you mean 'warning'?)",
    ],
    [13, 16, 'groups[0].rules[1].alert', "there are two of the alert 'FeatureDrift'; names must differ"],
    [14, 80, 'groups[0].rules[1].schema.min_samples', 'expected a number >= 1, got 0'],
    [15, 15, 'groups[0].rules[1].fire', "'null_share' is a share, 0 to 1, so '> 5' means nothing; 5 % is written 0.05"],
    [16, 16, 'groups[0].rules[1].clear', "contradicts fire: some values are both '> 5' and '> 4'"],
    [
      16,
      16,
      'groups[0].rules[1].clear',
      "'null_share' is a share, 0 to 1, so '> 4' means nothing; 5 % is written 0.05",
    ],
    [17, 33, 'groups[0].rules[1].annotations.summary', "there is no label 'feild' here (did you mean 'field'?)"],
    [18, 20, 'route.receiver', "there is no receiver 'nobody'; none is defined"],
  ]);
});

/** One rule, the rest around it sound. */
const withRule = (lines: string): string =>
  `version: 1\ngroups:\n  - name: g\n    rules:\n      - alert: A\n${lines.replaceAll(/^/gm, '        ')}\n`;
const SOUND = 'schema: { model: m, measure: null_share, window: 10m }\nfire: "> 0.1"';

const DRIFT = 'drift: { model: m, method: psi, window: 1h, baseline: { kind: reference, name: r } }';

const CASES: [what: string, text: string, line: number, column: number, message: RegExp][] = [
  [
    'no block',
    withRule('fire: "> 1"'),
    5,
    9,
    /needs one of the blocks drift, schema, confidence, latency, errors, silence, composite/,
  ],
  [
    'two blocks',
    withRule(`${SOUND}\nsilence: { model: m, measure: rows, window: 10m }`),
    8,
    9,
    /one block, and this one has 'schema'/,
  ],
  ['an unquoted >', withRule('fire: > 0.1'), 6, 17, /must stand in quotes/],
  ['a label of the judgement', withRule(`${SOUND}\nlabels: { model: x }`), 8, 19, /set by the judgement itself/],
  [
    'a label that is no name',
    withRule(`${SOUND}\nlabels: { "a-b": x }`),
    8,
    19,
    /unknown key 'a-b'|the name 'a-b' is not allowed/,
  ],
  ['a label that is a number', withRule(`${SOUND}\nlabels: { tier: 1 }`), 8, 25, /put numbers in quotes/],
  ['a duration with decimals', withRule(`${SOUND}\nfor: 1.5h`), 8, 14, /expected a duration such as 15m/],
  ['a duration in the wrong order', withRule(`${SOUND}\nfor: 30m1h`), 8, 14, /expected a duration/],
  [
    'a window of 0',
    withRule('schema: { model: m, measure: null_share, window: 0 }\nfire: "> 0.1"'),
    6,
    58,
    /multiple of 1m/,
  ],
  [
    'a block that is a list',
    withRule('schema: [a]\nfire: "> 0.1"'),
    6,
    17,
    /expected a mapping \(key: value\), got a list/,
  ],
  [
    'no field',
    withRule('schema: { model: m, fields: [], measure: null_share, window: 10m }\nfire: "> 0.1"'),
    6,
    37,
    /at least 1 in this list/,
  ],
  [
    'a field beside *',
    withRule('schema: { model: m, fields: ["*", a], measure: null_share, window: 10m }\nfire: "> 0.1"'),
    6,
    37,
    /stands for every field/,
  ],
  [
    'a field twice',
    withRule('schema: { model: m, fields: [a, a], measure: null_share, window: 10m }\nfire: "> 0.1"'),
    6,
    41,
    /two of the field 'a'/,
  ],
  [
    'exclude without *',
    withRule('schema: { model: m, fields: [a], exclude: [b], measure: null_share, window: 10m }\nfire: "> 0.1"'),
    6,
    42,
    /exclude goes with/,
  ],
  [
    'a baseline where none is taken',
    withRule(
      'schema: { model: m, measure: null_share, window: 10m, baseline: { kind: reference, name: t } }\nfire: "> 0.1"',
    ),
    6,
    63,
    /takes no baseline/,
  ],
  [
    'no baseline where one is needed',
    withRule('confidence: { model: m, measure: mean_change, window: 10m }\nfire: "< -0.1"'),
    6,
    21,
    /needs a baseline/,
  ],
  [
    'a ratio of traffic to nothing',
    withRule('silence: { model: m, measure: rows_ratio, window: 10m }\nfire: "< 0.1"'),
    6,
    18,
    /needs a baseline/,
  ],
  [
    'same time within the window',
    withRule(
      'silence: { model: m, measure: rows_ratio, window: 1h, baseline: { kind: same_time, offset: 30m, periods: 1 } }\nfire: "< 0.1"',
    ),
    6,
    100,
    /at least as long as the window/,
  ],
  [
    'a negative psi',
    withRule('drift: { model: m, method: psi, window: 1h, baseline: { kind: reference, name: t } }\nfire: "< -0.1"'),
    7,
    15,
    /never below 0/,
  ],
  ['fire and clear on the same side', withRule(`${SOUND}\nclear: "<= 0.2"`), 8, 16, /contradicts fire/],
  ['an unclosed template', withRule(`${SOUND}\nannotations: { summary: "{{ $value" }`), 8, 33, /not closed/],
  [
    'an unknown variable',
    withRule(`${SOUND}\nannotations: { summary: "{{ $valeu }}" }`),
    8,
    33,
    /did you mean '\$value'/,
  ],
  [
    'an unknown filter',
    withRule(`${SOUND}\nannotations: { summary: "{{ $value | persent }}" }`),
    8,
    33,
    /did you mean 'percent'/,
  ],
  [
    'a version label where all are judged',
    withRule(
      'silence: { model: m, measure: rows, window: 10m }\nfire: "< 1"\nannotations: { summary: "{{ $labels.version }}" }',
    ),
    8,
    33,
    /no label 'version'/,
  ],
  [
    'the same group twice',
    `${withRule(SOUND)}  - name: g\n    rules:\n      - alert: B\n        ${SOUND.replace('\n', '\n        ')}\n`,
    8,
    11,
    /two of the group 'g'/,
  ],
  ['a key twice', withRule(`${SOUND}\nfire: "> 0.2"`), 8, 9, /unique/i],
  [
    'receivers without a route',
    `${withRule(SOUND)}receivers: [{ name: a, slack: { url: "https://x.example/y" } }]\n`,
    8,
    1,
    /nobody is told without a route/,
  ],
  [
    'a receiver of no kind',
    `${withRule(SOUND)}receivers: [{ name: a }]\nroute: { receiver: a }\n`,
    8,
    13,
    /a receiver needs one of/,
  ],
  [
    'a receiver of two kinds',
    `${withRule(SOUND)}receivers: [{ name: a, slack: { url: "https://x.example/y" }, pagerduty: { routing_key: { env: K } } }]\nroute: { receiver: a }\n`,
    8,
    63,
    /one kind/,
  ],
  [
    'an unknown receiver in an inner route',
    `${withRule(SOUND)}receivers: [{ name: alice, slack: { url: "https://x.example/y" } }]\nroute: { receiver: alice, routes: [{ matchers: { severity: error }, receivers: [alise] }] }\n`,
    9,
    81,
    /did you mean 'alice'/,
  ],
  [
    'a route that matches nothing',
    `${withRule(SOUND)}receivers: [{ name: a, slack: { url: "https://x.example/y" } }]\nroute: { receiver: a, routes: [{ matchers: {}, receiver: a }] }\n`,
    9,
    44,
    /at least 1 key/,
  ],
  [
    'a window that nothing gives',
    withRule('schema: { model: m, measure: null_share }\nfire: "> 0.1"'),
    6,
    17,
    /'window' is missing here, and no defaults give it/,
  ],
  ['no condition', withRule('schema: { model: m, measure: null_share, window: 10m }'), 5, 9, /'fire' is missing/],
  [
    'a mistake in what is inherited, where it was written',
    withRule('schema: { measure: null_share }\nfire: "> 0.1"').replace(
      'groups:',
      'defaults: { model: m, window: 90s }\ngroups:',
    ),
    2,
    31,
    /multiple of 1m, got 90s/,
  ],
  [
    'an inherited text that speaks of what a rule has not',
    withRule('errors: { model: m, window: 10m }\nfire: "> 0.1"').replace(
      'groups:',
      'defaults: { annotations: { summary: "{{ $labels.field }}" } }\ngroups:',
    ),
    2,
    37,
    /no label 'field' here/,
  ],
  [
    'a window that grows to less',
    withRule('schema: { model: m, measure: null_share, window: 1h, widen_to: 30m }\nfire: "> 0.1"'),
    6,
    72,
    /at least as long as the window, 1h/,
  ],
  [
    'an exclusion of a named field',
    withRule(
      'schema: { model: m, fields: [a_1, "b_*"], exclude: ["a_*"], measure: null_share, window: 1h }\nfire: "> 0.1"',
    ),
    6,
    61,
    /leaves out 'a_1', which fields names/,
  ],
  [
    'a slice instead of a dimension',
    withRule('schema: { model: m, slice_by: ["country=DE"], measure: null_share, window: 1h }\nfire: "> 0.1"'),
    6,
    40,
    /name of a dimension, such as 'country'/,
  ],
  [
    'a limit of slices without slices',
    withRule('schema: { model: m, slice_limit: 9, measure: null_share, window: 1h }\nfire: "> 0.1"'),
    6,
    29,
    /goes with slice_by only/,
  ],
  [
    'an override of a field that is not judged',
    withRule(`${SOUND.replace('model: m', 'model: m, fields: [amount]')}\noverrides: { amuont: { fire: "> 0.3" } }`),
    8,
    22,
    /does not judge a field 'amuont' \(did you mean 'amount'\?\)/,
  ],
  [
    'an override that contradicts the rule',
    withRule(`${SOUND}\nclear: "< 0.05"\noverrides: { a: { clear: "< 0.2" } }`),
    9,
    34,
    /contradicts fire/,
  ],
  [
    'an override where there are no fields',
    withRule('errors: { model: m, window: 10m }\nfire: "> 0.1"\noverrides: { a: { fire: "> 0.3" } }'),
    8,
    9,
    /'errors' judges no fields/,
  ],
  ['more occurrences than judgements', withRule(`${SOUND}\noccurrences: 5 of 3`), 8, 22, /1 <= N <= M <= 100/],
  ['occurrences of another form', withRule(`${SOUND}\noccurrences: often`), 8, 22, /a text such as "3 of 5"/],
  [
    'a time zone that there is not',
    withRule(`${SOUND}\nactive: { time_zone: Europe/Zurch }`),
    8,
    30,
    /no time zone 'Europe\/Zurch' \(did you mean 'Europe\/Zurich'\?\)/,
  ],
  [
    'days that there are not',
    withRule(`${SOUND}\nactive: { days: mo-fr, time_zone: UTC }`),
    8,
    25,
    /days such as mon-fri/,
  ],
  [
    'hours of no length',
    withRule(`${SOUND}\nactive: { hours: "08:00-08:00", time_zone: UTC }`),
    8,
    26,
    /have no length/,
  ],
  [
    'a quantile without saying which',
    withRule('confidence: { model: m, window: 1h, measure: quantile }\nfire: "< 0.1"'),
    6,
    21,
    /'quantile' needs 'quantile'/,
  ],
  [
    'a bound for a measure that takes none',
    withRule('confidence: { model: m, window: 1h, measure: mean, below: 0.5 }\nfire: "< 0.1"'),
    6,
    60,
    /'mean' takes no 'below'/,
  ],
  [
    'a direction of what has no sign',
    withRule(
      'drift: { model: m, method: psi, direction: up, window: 1h, baseline: { kind: reference, name: t } }\nfire: "> 0.1"',
    ),
    6,
    41,
    /'psi' has no sign/,
  ],
  [
    'presence of slices',
    withRule('schema: { model: m, measure: presence, slice_by: [a], window: 1h }\nfire: "< 0.9"'),
    6,
    48,
    /over all traffic/,
  ],
  [
    'a share of violations without a check',
    withRule('schema: { model: m, measure: violation_share, window: 1h }\nfire: "> 0.01"'),
    6,
    17,
    /'violation_share' needs 'check'/,
  ],
  [
    'a share of violations of fields',
    withRule('schema: { model: m, measure: violation_share, check: c, fields: [a], window: 1h }\nfire: "> 0.01"'),
    6,
    65,
    /takes no fields/,
  ],
  [
    'a check of what is not the guard',
    withRule('schema: { model: m, measure: null_share, check: c, window: 1h }\nfire: "> 0.01"'),
    6,
    50,
    /'null_share' takes no 'check'/,
  ],
  [
    'a share of missing values with a baseline',
    withRule(
      'silence: { model: m, measure: null_share, window: 10m, baseline: { kind: trailing, duration: 1d } }\nfire: ">= 1"',
    ),
    6,
    64,
    /'null_share' takes no baseline/,
  ],
  ['an alert that is not in the group', withRule('composite: { all: [B] }'), 6, 28, /there is no alert 'B'/],
  ['a composite of itself', withRule('composite: { any: [A] }'), 6, 28, /goes round in a circle/],
  ['a composite of nothing', withRule('composite: {}'), 6, 20, /needs one of all, any, none/],
  [
    'a composite with a condition',
    `${withRule(SOUND)}      - alert: B\n        composite: { all: [A] }\n        fire: "> 0"\n`,
    10,
    9,
    /takes no fire/,
  ],
  [
    'a default of no rule',
    withRule(SOUND).replace('groups:', 'defaults: { windw: 1h }\ngroups:'),
    2,
    13,
    /unknown key 'windw' \(did you mean 'window'\?\)/,
  ],
  [
    'a budget of another form',
    withRule(`${DRIFT}\nfire: { at_most: once a month }`),
    7,
    26,
    /expected a budget such as 1\/month, got 'once a month'/,
  ],
  [
    'a budget of nothing',
    withRule(`${DRIFT}\nfire: { at_most: 0/month }`),
    7,
    26,
    /got '0\/month'; it must be above 0/,
  ],
  [
    'a budget with a typo',
    withRule(`${DRIFT}\nfire: { effect: "> 0.1", at_mots: 1/month }`),
    7,
    34,
    /unknown key 'at_mots' \(did you mean 'at_most'\?\)/,
  ],
  [
    'an effect of another form',
    withRule(`${DRIFT}\nfire: { effect: 0.1, at_most: 1/month }`),
    7,
    25,
    /expected a comparison in quotes such as "> 0.25", got 0.1/,
  ],
  ['a fire that says nothing', withRule(`${DRIFT}\nfire: {}`), 7, 15, /expected at least 1 key here/],
  [
    'importance alone',
    withRule(`${DRIFT}\nfire: { importance: { x: 2 } }`),
    7,
    15,
    /expected 'effect', 'at_most' or both here/,
  ],
  [
    'importance without a budget',
    withRule(`${DRIFT}\nfire: { effect: "> 0.1", importance: { x: 2 } }`),
    7,
    34,
    /importance goes with at_most only/,
  ],
  [
    'importance of a field that is not judged',
    withRule(
      `${DRIFT.replace('method', 'fields: [amount], method')}\nfire: { at_most: 1/month, importance: { amuont: 2 } }`,
    ),
    7,
    49,
    /does not judge a field 'amuont' \(did you mean 'amount'\?\)/,
  ],
  [
    'importance of nothing',
    withRule(`${DRIFT}\nfire: { at_most: 1/month, importance: { x: 0 } }`),
    7,
    52,
    /expected a number > 0, got 0/,
  ],
  [
    'an effect that contradicts clear',
    withRule(`${DRIFT}\nfire: { effect: "> 0.1", at_most: 1/month }\nclear: "< 0.2"`),
    8,
    16,
    /contradicts fire/,
  ],
  [
    'an effect that nothing reaches',
    withRule(`${DRIFT}\nfire: { effect: "> -1", at_most: 1/month }`),
    7,
    25,
    /'psi' is never below 0/,
  ],
  [
    'a budget without a baseline to learn from',
    withRule(`${SOUND.replace('null_share', 'range_share').replace('"> 0.1"', '{ at_most: 1/month }')}`),
    7,
    26,
    /learnt from a baseline, and this block names none/,
  ],
  [
    'a budget for what takes no baseline',
    withRule(`${SOUND.replace('"> 0.1"', '{ at_most: 1/month }')}`),
    7,
    26,
    /'null_share' takes none; give an effect alone/,
  ],
  [
    'a budget for traffic',
    withRule(
      'silence: { model: m, measure: rows_ratio, window: 1h, baseline: { kind: same_time, offset: 7d, periods: 4 } }\nfire: { at_most: 1/month }',
    ),
    7,
    26,
    /'rows_ratio' takes none/,
  ],
  [
    'a budget for vectors',
    withRule(`${DRIFT.replace('psi', 'sliced_wasserstein')}\nfire: { at_most: 1/month }`),
    7,
    26,
    /is not known, since of vectors only projections are kept/,
  ],
  [
    'a budget for what is near',
    withRule(`${DRIFT.replace('psi', 'mean_change, direction: both')}\nfire: { effect: "< 1", at_most: 1/month }`),
    7,
    41,
    /far from the baseline, so the effect begins with >/,
  ],
  [
    'importance in an override',
    withRule(`${DRIFT}\nfire: "> 0.1"\noverrides: { x: { fire: { at_most: 1/month, importance: { x: 2 } } } }`),
    8,
    53,
    /unknown key 'importance'; known here: effect, at_most/,
  ],
];

for (const [what, text, line, column, message] of CASES) {
  test(`refused with its place: ${what}`, () => {
    const found = mistakes(text);
    assert.ok(
      found.some(([atLine, atColumn, , said]) => atLine === line && atColumn === column && message.test(said)),
      JSON.stringify(found, null, 1),
    );
  });
}

test('a secret of a wrong form is not repeated in the mistake', () => {
  const text = `${withRule(SOUND)}receivers: [{ name: a, pagerduty: { routing_key: topsecret } }, { name: b, webhook: { url: "ftp://u:topsecret@x", secret: topsecret } }]\nroute: { receiver: a }\n`;
  const found = mistakes(text);
  assert.equal(found.length, 3);
  assert.ok(found.every(([, , , message]) => !message.includes('topsecret')));
});

test('whatever the text, loading answers and does not throw', () => {
  for (const text of [
    '',
    '[]',
    'null',
    '1',
    'a: [',
    '{{{',
    'version: 1',
    'groups: 1',
    'groups: [1, [], null, {rules: [null, 1, {drift: 1}]}]',
    '? [a]\n: b',
    'a: &x [*x]',
    '\u0000',
    '"\\x',
  ]) {
    assert.ok(mistakes(text).length > 0, JSON.stringify(text));
  }
  const bomb = [
    'a: &a [x, x, x, x, x, x, x, x, x]',
    ...'bcdefghi'
      .split('')
      .map((name, index) => `${name}: &${name} [${new Array(9).fill(`*${'abcdefghi'[index]}`).join(', ')}]`),
  ].join('\n');
  assert.ok(mistakes(bomb).some(([, , , message]) => /alias/i.test(message)));
});
