import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inOrder, judgeComposite, type Member } from '../../../collector/src/rules/composite-rule.ts';
import type { Finding, FindingHealth } from '../../../collector/src/rules/finding.ts';
import { loadRules } from '../../../collector/src/rules/load.ts';
import type { Rule } from '../../../collector/src/rules/rule.ts';

const TICK = 3_600_000;

function rulesOf(composites: Record<string, string>): Rule[] {
  const plain = ['A', 'B', 'S'].map(
    (name) => `      - { alert: ${name}, schema: { model: m, measure: null_share, window: 10m }, fire: "> 0.1" }`,
  );
  const own = Object.entries(composites).map(([name, block]) => `      - { alert: ${name}, composite: ${block} }`);
  const loaded = loadRules(
    `version: 1\ngroups:\n  - name: g\n    rules:\n${[...own, ...plain].join('\n')}\n`,
    'rules.yaml',
  );
  assert.ok(loaded.ok, JSON.stringify(loaded));
  return [...loaded.rules.groups[0]!.rules];
}

/** An alert of a version (or, without one, of the model), as `on`, `off` or unknown (`?`). */
function member(state: 'on' | 'off' | '?', version?: string, model = 'm'): Member {
  const health: FindingHealth = state === '?' ? 'nodata' : 'ok';
  const finding: Finding = {
    labels: { alertname: 'x', model, ...(version === undefined ? {} : { version }) },
    measure: 'null_share',
    value: health === 'ok' ? 0 : null,
    health,
    samples: 0,
    baselineId: null,
    baseline: null,
    version: { id: 1, model, version: version ?? 'v1', firstSeen: 0, lastSeen: TICK },
    seriesId: null,
    spanFrom: 0,
    spanTo: TICK,
    message: null,
    evidence: [],
  };
  return { finding, isFiring: state === 'on' };
}

/** What the composite comes to for each subject: 1, 0 or its health. */
function judged(block: string, members: Record<string, Member[]>): Record<string, number | string> {
  const rule = rulesOf({ C: block })[0]!;
  assert.ok(rule.judgement.kind === 'composite');
  const findings = judgeComposite(rule, rule.judgement, new Map(Object.entries(members)), TICK);
  return Object.fromEntries(
    findings.map(({ labels, value, health }) => [`${labels.model} ${labels.version ?? '-'}`, value ?? health]),
  );
}

test('all, any and none of other alerts, by version', () => {
  const members = {
    A: [member('on', 'v1'), member('off', 'v1'), member('off', 'v2')],
    B: [member('on', 'v1'), member('on', 'v2')],
    S: [],
  };
  assert.deepEqual(judged('{ all: [A, B] }', members), { 'm v1': 1, 'm v2': 0 });
  assert.deepEqual(judged('{ any: [A, B] }', members), { 'm v1': 1, 'm v2': 1 });
  assert.deepEqual(judged('{ all: [B], none: [A] }', members), { 'm v1': 0, 'm v2': 1 });
  assert.deepEqual(judged('{ any: [A, S] }', members), { 'm v1': 1, 'm v2': 0 });
});

test('an alert of a model alone counts for each of its versions', () => {
  const members = { A: [member('on', 'v1'), member('off', 'v2'), member('on', 'v1', 'n')], S: [member('on')] };
  assert.deepEqual(judged('{ all: [A, S] }', members), { 'm v1': 1, 'm v2': 0, 'n v1': 0 });
  assert.deepEqual(judged('{ all: [S] }', members), { 'm -': 1 });
});

test('what cannot be judged leaves it open only where the answer hangs on it', () => {
  const A = [member('?', 'v1')];
  assert.deepEqual(judged('{ all: [A, B] }', { A, B: [member('off', 'v1')] }), { 'm v1': 0 });
  assert.deepEqual(judged('{ all: [A, B] }', { A, B: [member('on', 'v1')] }), { 'm v1': 'insufficient' });
  assert.deepEqual(judged('{ any: [A, B] }', { A, B: [member('on', 'v1')] }), { 'm v1': 1 });
  assert.deepEqual(judged('{ none: [A] }', { A }), { 'm v1': 'insufficient' });
  assert.deepEqual(
    judged('{ any: [A] }', { A: [...A, member('off', 'v1')] }),
    { 'm v1': 0 },
    'one field that can be judged is enough',
  );
});

test('each composite comes after those it takes', () => {
  const names = inOrder(rulesOf({ Second: '{ all: [First, A] }', First: '{ any: [A, B] }' })).map(({ alert }) => alert);
  assert.deepEqual(names, ['A', 'B', 'S', 'First', 'Second']);
});
