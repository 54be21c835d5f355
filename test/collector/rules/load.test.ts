import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatMistakes } from '../../../collector/src/checked-yaml.ts';
import { loadRules } from '../../../collector/src/rules/load.ts';
import { ruleOfField } from '../../../collector/src/rules/rule-of-field.ts';
import type { RuleSet } from '../../../collector/src/rules/rule-set.ts';
import { routeOf } from '../../../collector/src/rules/rule-set.ts';
import { thresholdText, writtenFiring } from '../../../collector/src/rules/threshold-text.ts';
import { ruleWith } from './rule-of.ts';

const MINUTE = 60_000;

function loaded(text: string): RuleSet {
  const result = loadRules(text, 'rules.yaml');
  assert.ok(result.ok, result.ok ? '' : formatMistakes(result.mistakes));
  return result.rules;
}

const FULL = `version: 1
evaluation: { interval: 2m, query_offset: 10s }
groups:
  - name: fraud
    interval: 5m
    labels: { team: risk, severity: info }
    rules:
      - alert: FeatureDrift
        drift:
          model: fraud
          version: "v12"
          fields: [amount, country]
          method: psi
          window: 1h30m
          baseline: { kind: reference, name: train }
          min_samples: 2000
        fire: "> 0.25"
        clear: "<0.2"
        for: 15m
        keep_firing_for: 30m
        no_data: nodata
        no_data_for: 10m
        on_error: keep
        labels: { severity: page }
        annotations: { summary: '{{ $labels.field }} of {{ $labels.team }}: {{ $value | printf "%.2f" }}' }
      - alert: Missing
        schema: { model: "*", version: all, stage: input, fields: ["*"], exclude: [id], measure: null_share, window: 10m }
        fire: ">= 0.1"
  - name: traffic
    rules:
      - alert: NoTraffic
        silence: { model: fraud, measure: rows, window: 10m }
        fire: "< 1"
        for: 0
      - alert: Fell
        silence: { model: fraud, measure: rows_ratio, window: 1h, baseline: { kind: trailing, duration: 28d } }
        fire: "< 0.2"
      - alert: Unsure
        confidence: { model: fraud, measure: mean, field: p, window: 10m }
        fire: "< 0.5"
receivers:
  - name: ml
    slack: { url: { env: SLACK_URL } }
  - name: oncall
    pagerduty: { routing_key: 0123456789abcdef0123456789ABCDEF }
  - name: audit
    allow_private: true
    webhook: { url: "http://127.0.0.1:9/x", secret: whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz }
route:
  receivers: [ml, audit]
  routes:
    - matchers: { severity: critical }
      receiver: oncall
      routes:
        - matchers: { team: risk }
          receivers: [oncall, ml]
`;

test('a full file is read with every default filled in', () => {
  const rules = loaded(FULL);
  const [fraud, traffic] = rules.groups;
  assert.deepEqual([fraud!.intervalMs, fraud!.queryOffsetMs, traffic!.intervalMs], [5 * MINUTE, 10_000, 2 * MINUTE]);
  const [drift, missing] = fraud!.rules;
  assert.deepEqual(drift!.judgement, {
    kind: 'drift',
    model: 'fraud',
    version: { kind: 'named', version: 'v12' },
    isMerged: false,
    stage: 'feature',
    fields: { named: ['amount', 'country'], patterns: [], exclude: [] },
    measure: 'psi',
    asked: { quantile: null, below: null, category: null },
    direction: null,
    windowMs: 90 * MINUTE,
    widenToMs: 90 * MINUTE,
    baseline: 'train',
    minSamples: 2000,
    slices: null,
  });
  assert.deepEqual(
    [drift!.fire.text, drift!.clear.text, drift!.severity, drift!.labels],
    ['> 0.25', '< 0.2', 'critical', { team: 'risk', severity: 'critical' }],
  );
  assert.deepEqual(
    [drift!.forMs, drift!.keepFiringForMs, drift!.noData, drift!.noDataForMs, drift!.onError],
    [15 * MINUTE, 30 * MINUTE, 'nodata', 10 * MINUTE, 'keep'],
  );
  assert.deepEqual(
    [missing!.severity, missing!.clear.text, missing!.noData, missing!.onError, missing!.forMs],
    ['info', '< 0.1', 'keep', 'error', 0],
  );
  assert.deepEqual(
    missing!.judgement.kind === 'schema' && [
      missing!.judgement.model,
      missing!.judgement.fields,
      missing!.judgement.version,
      missing!.judgement.minSamples,
    ],
    [null, { named: [], patterns: ['*'], exclude: ['id'] }, { kind: 'all' }, 100],
  );
  const [silence, fell, unsure] = traffic!.rules;
  assert.deepEqual(silence!.judgement, {
    kind: 'silence',
    model: 'fraud',
    measure: 'rows',
    windowMs: 10 * MINUTE,
    baseline: null,
    minSamples: 100,
  });
  assert.deepEqual(fell!.judgement.baseline, { kind: 'trailing', durationMs: 28 * 1440 * MINUTE, offsetMs: 0 });
  assert.deepEqual(unsure!.judgement.kind === 'confidence' && [unsure!.judgement.stage, unsure!.judgement.fields], [
    'confidence',
    { named: ['p'], patterns: [], exclude: [] },
  ]);
  const context = {
    labels: { field: 'amount', team: 'risk' },
    value: 0.316,
    baseline: 'train',
    samples: 9,
    threshold: '> 0.25',
  };
  assert.equal(drift!.annotations.get('summary')!.render(context), 'amount of risk: 0.32');
  assert.equal(
    missing!.annotations.get('summary')!.render({ ...context, labels: { stage: 'input', field: 'a', model: 'm' } }),
    'null_share of input a in m is 0.316 (> 0.25)',
  );
});

test('receivers keep their secrets apart from what may be printed', () => {
  assert.deepEqual(loaded(FULL).receivers, [
    { kind: 'slack', name: 'ml', allowPrivate: false, url: { kind: 'env', name: 'SLACK_URL' } },
    {
      kind: 'pagerduty',
      name: 'oncall',
      allowPrivate: false,
      routingKey: { kind: 'plain', value: '0123456789abcdef0123456789ABCDEF' },
      url: null,
    },
    {
      kind: 'webhook',
      name: 'audit',
      allowPrivate: true,
      url: { kind: 'plain', value: 'http://127.0.0.1:9/x' },
      secrets: [{ kind: 'plain', value: 'whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz' }],
    },
  ]);
});

test('an alert takes the innermost route that fits, which inherits what it does not say', () => {
  const route = loaded(FULL).route!;
  assert.deepEqual(routeOf(route, { severity: 'warning' }).receivers, ['ml', 'audit']);
  assert.deepEqual(routeOf(route, { severity: 'critical', team: 'web' }).receivers, ['oncall']);
  const inner = routeOf(route, { severity: 'critical', team: 'risk' });
  assert.deepEqual(inner.receivers, ['oncall', 'ml']);
});

test('a rule inherits from its group, then from the file, and never what it says itself', () => {
  const text = `version: 1
defaults: { model: fraud, window: 1h, min_samples: 500, for: 5m, baseline: { kind: reference, name: train }, annotations: { runbook_url: a, summary: b } }
labels: { team: risk, tier: one }
groups:
  - name: g
    defaults: { window: 2h, widen_to: 6h, no_data: fire }
    labels: { tier: two }
    rules:
      - alert: Drift
        drift: { method: psi }
        fire: "> 0.2"
        for: 10m
        annotations: { summary: c }
      - alert: Range
        schema: { measure: range_share, window: 10m }
        fire: "> 0.2"
      - alert: Traffic
        silence: { measure: rows }
        fire: "< 1"
`;
  const [drift, range, traffic] = loaded(text).groups[0]!.rules;
  assert.deepEqual(drift!.judgement.kind === 'drift' && drift!.judgement.windowMs, 120 * MINUTE);
  assert.deepEqual(drift!.judgement.kind === 'drift' && drift!.judgement.widenToMs, 360 * MINUTE);
  assert.deepEqual(
    [drift!.judgement.model, drift!.judgement.baseline, drift!.judgement.minSamples, drift!.forMs, drift!.noData],
    ['fraud', 'train', 500, 10 * MINUTE, 'fire'],
  );
  assert.deepEqual(drift!.labels, { team: 'risk', tier: 'two', severity: 'warning' });
  assert.deepEqual(
    [...drift!.annotations].map(([name, { source }]) => [name, source]),
    [
      ['summary', 'c'],
      ['runbook_url', 'a'],
    ],
  );
  // A range that was declared must not become that of a baseline unseen.
  assert.deepEqual([range!.judgement.baseline, range!.forMs], [null, 5 * MINUTE]);
  assert.deepEqual([traffic!.judgement.minSamples, traffic!.judgement.baseline], [100, null]);
});

test("an override is the rule with what it says, and its own fire does away with the rule's clear", () => {
  const text = `version: 1
groups:
  - name: g
    labels: { team: risk }
    rules:
      - alert: A
        schema: { model: m, measure: null_share, window: 10m }
        fire: "> 0.2"
        clear: "< 0.1"
        for: 5m
        overrides:
          amount: { fire: "> 0.4", min_samples: 7, labels: { severity: page } }
          "b_*": { clear: "< 0.05", for: 0 }
`;
  const [rule] = loaded(text).groups[0]!.rules;
  const seen = ['amount', 'b_1', 'c'].map((field) => {
    const { fire, clear, forMs, judgement, severity, labels } = ruleOfField(rule!, field);
    return [fire.text, clear.text, forMs / MINUTE, judgement.minSamples, severity, labels.severity, labels.team];
  });
  assert.deepEqual(seen, [
    ['> 0.4', '<= 0.4', 5, 7, 'critical', 'critical', 'risk'],
    ['> 0.2', '< 0.05', 0, 100, 'warning', 'warning', 'risk'],
    ['> 0.2', '< 0.1', 5, 100, 'warning', 'warning', 'risk'],
  ]);
});

test('fire takes an effect, a budget, or both, and its short form is an effect', () => {
  const drift = 'drift: { model: m, method: psi, window: 1h, baseline: { kind: reference, name: r } }';
  const told = (fire: string, more = '') => {
    const rule = ruleWith(drift, fire, more);
    const { budget } = rule;
    return [thresholdText(rule), writtenFiring(rule), budget && [budget.atMost, budget.perMs, [...budget.importance]]];
  };
  const month = 30 * 24 * 3_600_000;
  assert.deepEqual(told('"> 0.25"'), ['> 0.25', 'fire: "> 0.25"  clear: "<= 0.25"', null]);
  assert.deepEqual(told('{ effect: "> 0.25" }'), told('"> 0.25"'));
  assert.deepEqual(told('{ at_most: 2 per month }', 'clear: "< 0.1"'), [
    'at_most 2 per month',
    'fire: { at_most: 2 per month }  clear: "< 0.1"',
    [2, month, []],
  ]);
  assert.deepEqual(told('{ effect: "> 0.25", at_most: 1/month, importance: { a: 5, "b_*": 2 } }'), [
    '> 0.25 and at_most 1/month',
    'fire: { effect: "> 0.25", at_most: 1/month, importance: { "a": 5, "b_*": 2 } }',
    [
      1,
      month,
      [
        ['a', 5],
        ['b_*', 2],
      ],
    ],
  ]);
  const rule = ruleWith(drift, '{ at_most: 1/month }', 'overrides: { a: { fire: "> 0.5" }, b: { min_samples: 7 } }');
  assert.deepEqual(
    rule.overrides.map(({ rule: own }) => thresholdText(own)),
    ['> 0.5', 'at_most 1/month'],
  );
  assert.equal(rule.overrides[1]!.rule.budget, rule.budget);
});
