import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reasonForAbsence } from '../../../collector/src/alerting/absence.ts';
import { fingerprintOf } from '../../../collector/src/alerting/fingerprint.ts';
import { healthRules } from '../../../collector/src/alerting/health-alerts.ts';
import { step } from '../../../collector/src/alerting/machine.ts';
import { messageOfAlert, resolvedMessage, type ToldState } from '../../../collector/src/alerting/message.ts';
import { type AlertState, NEVER_SEEN } from '../../../collector/src/alerting/state.ts';
import type { Finding } from '../../../collector/src/rules/finding.ts';
import { loadRules } from '../../../collector/src/rules/load.ts';
import type { Rule } from '../../../collector/src/rules/rule.ts';

const MINUTE = 60_000;
const TICK = 1_700_000_040_000;

function rule(extra = ''): Rule {
  const loaded = loadRules(
    `version: 1
groups:
  - name: g
    rules:
      - alert: FeatureDrift
        drift: { model: fraud, method: psi, window: 1h, baseline: { kind: reference, name: train }, min_samples: 500 }
        fire: "> 0.25"
        labels: { severity: page, team: risk }
        annotations: { summary: '{{ $labels.field }}: {{ $value | fixed 2 }} {{ $threshold }} ({{ $samples }}, {{ $baseline }})', runbook_url: "https://r.example/x" }
${extra}`,
    'r.yaml',
  );
  assert.ok(loaded.ok);
  return loaded.rules.groups[0]!.rules[0]!;
}

function finding(over: Partial<Finding> = {}): Finding {
  return {
    labels: {
      alertname: 'FeatureDrift',
      severity: 'critical',
      team: 'risk',
      model: 'fraud',
      version: 'v1',
      stage: 'feature',
      field: 'amount',
    },
    measure: 'psi',
    value: 0.41,
    health: 'ok',
    samples: 1200,
    baselineId: 7,
    baseline: 'train',
    version: { id: 1, model: 'fraud', version: 'v1', firstSeen: 0, lastSeen: TICK },
    seriesId: 3,
    spanFrom: TICK - 60 * MINUTE,
    spanTo: TICK,
    message: null,
    evidence: ['median 650 -> 1047'],
    ...over,
  };
}

const FIRING: ToldState = {
  kind: 'firing',
  episode: 2,
  lastTick: TICK,
  health: { kind: 'ok' },
  activeAt: TICK - MINUTE,
  firedAt: TICK,
};

test('a firing alert says everything that is known, in one piece of plain JSON', () => {
  const message = messageOfAlert(rule(), finding(), FIRING, 'https://t.example/alerts/1');
  assert.deepEqual(message, {
    kind: 'firing',
    fingerprint: fingerprintOf(finding().labels),
    episode: 2,
    alertname: 'FeatureDrift',
    group: 'g',
    severity: 'critical',
    labels: finding().labels,
    annotations: { summary: 'amount: 0.41 > 0.25 (1200, train)', runbook_url: 'https://r.example/x' },
    model: 'fraud',
    version: 'v1',
    measure: 'psi',
    value: 0.41,
    threshold: '> 0.25',
    samples: 1200,
    baseline: 'train',
    activeAt: TICK - MINUTE,
    firedAt: TICK,
    resolvedAt: null,
    resolveReason: null,
    spanFrom: TICK - 60 * MINUTE,
    spanTo: TICK,
    evidence: ['median 650 -> 1047'],
    url: 'https://t.example/alerts/1',
  });
  assert.deepEqual(JSON.parse(JSON.stringify(message)), message);
});

test('the end has its time and reason, from a finding or from what was said last', () => {
  const resolved: ToldState = { ...FIRING, kind: 'resolved', resolvedAt: TICK, reason: 'cleared' };
  const message = messageOfAlert(rule(), finding({ value: 0.1, evidence: [] }), resolved, null);
  assert.deepEqual(
    [message.kind, message.resolvedAt, message.resolveReason, message.value],
    ['resolved', TICK, 'cleared', 0.1],
  );
  const gone = resolvedMessage(messageOfAlert(rule(), finding(), FIRING, null), TICK + MINUTE, 'rule_removed');
  assert.deepEqual(
    [gone.kind, gone.resolvedAt, gone.resolveReason, gone.episode, gone.value],
    ['resolved', TICK + MINUTE, 'rule_removed', 2, 0.41],
  );
});

test('an alert that lives by lacking data or failing does not claim a score', () => {
  const scarce = finding({
    value: null,
    health: 'insufficient',
    samples: 12,
    message: '12 samples, 500 are needed',
    evidence: [],
  });
  const message = messageOfAlert(rule(), scarce, FIRING, null);
  assert.deepEqual(
    [message.measure, message.value, message.threshold, message.evidence],
    ['samples', 12, '< 500 for 15m', ['12 samples, 500 are needed']],
  );
  assert.equal(message.annotations.summary, 'amount: 12.00 < 500 for 15m (12, train)');
  const failed = messageOfAlert(rule(), finding({ value: null, health: 'error', message: 'bad bytes' }), FIRING, null);
  assert.deepEqual([failed.measure, failed.value, failed.threshold], ['failed_evaluations', 3, '>= 3']);
});

test('why a stored alert has no finding any more', () => {
  const { labels } = finding();
  const other = finding({ labels: { ...labels, version: 'v2' } });
  assert.equal(reasonForAbsence(labels, null, []), 'rule_removed');
  assert.equal(reasonForAbsence({ ...labels, team: 'old' }, rule(), [finding()]), 'rule_removed');
  assert.equal(reasonForAbsence(labels, rule(), [other]), 'version_superseded');
  assert.equal(
    reasonForAbsence(labels, rule(), [finding({ labels: { ...labels, field: 'age' } }), other]),
    'series_gone',
  );
  assert.equal(reasonForAbsence(labels, rule(), []), 'series_gone');
});

/** The findings of a rule about a rule at the last of some ticks, and the state its alert is in. */
function healthOver(owner: Rule, ticks: readonly Partial<Finding>[]) {
  let state: AlertState = NEVER_SEEN;
  let about: AlertState = NEVER_SEEN;
  let last: { rule: Rule; findings: readonly Finding[] } | undefined;
  for (const [index, over] of ticks.entries()) {
    const tick = TICK + index * 5 * MINUTE;
    const now = finding({ ...over, spanTo: tick });
    state = step(state, now, owner, tick).state;
    [last] = healthRules(owner, [{ finding: now, state }]);
    if (last) about = step(about, last.findings[0]!, last.rule, tick).state;
  }
  return { about, last };
}

test('a rule that asks for it raises TidemarkNoData after no_data_for, naming itself, and ends it with data', () => {
  const owner = { ...rule('        no_data: nodata\n        no_data_for: 10m\n'), onError: 'keep' as const };
  const none = { value: null, health: 'nodata', message: 'no window in the span' } as const;
  assert.equal(healthOver(owner, [none, none]).about.kind, 'inactive');
  const raised = healthOver(owner, [none, none, none]);
  assert.equal(raised.about.kind, 'firing');
  const [found] = raised.last!.findings;
  assert.deepEqual(found!.labels, {
    alertname: 'TidemarkNoData',
    severity: 'warning',
    team: 'risk',
    rulename: 'FeatureDrift',
    model: 'fraud',
    version: 'v1',
  });
  assert.deepEqual([found!.value, found!.evidence], [1, ['amount: no window in the span']]);
  const message = messageOfAlert(raised.last!.rule, found!, raised.about as ToldState, null);
  assert.equal(message.annotations.summary, 'FeatureDrift: 1 series of fraud without enough data');
  assert.equal(message.severity, 'warning');
  assert.equal(healthOver(owner, [none, none, none, {}]).about.kind, 'resolved');
});

test('a rule that fails three times in a row raises TidemarkEvalError', () => {
  const bad = { value: null, health: 'error', message: 'bad bytes' } as const;
  assert.equal(healthOver(rule(), [bad, bad]).about.kind, 'inactive');
  const raised = healthOver(rule(), [bad, bad, bad]);
  assert.equal(raised.about.kind, 'firing');
  assert.equal(raised.last!.findings[0]!.labels.alertname, 'TidemarkEvalError');
  assert.deepEqual(healthRules({ ...rule(), onError: 'keep' }, []), []);
});
