import assert from 'node:assert/strict';
import { test } from 'node:test';
import { spanText, timeText, valueText } from '../../../collector/src/notify/figure-text.ts';
import { messageOf } from '../../../collector/src/notify/message.ts';
import { RESOLVE_REASONS } from './resolve-reasons.ts';
import { FIRING, RESOLVED } from './sample-alert.ts';

test('a firing says what changed, since when, in which version, on how much data', () => {
  assert.deepEqual(messageOf(FIRING), {
    title: '[FIRING critical] distance of flight-delay drifted',
    lines: [
      'psi of feature/distance, slice origin=ATL in flight-delay version 2001-02 is 0.4123; the rule fires at > 0.25.',
      'Since 2001-03-04 05:00 UTC, fired 2001-03-04 05:15 UTC, judged 2001-03-04 04:15 UTC to 2001-03-04 05:15 UTC.',
      'Judged on 12,345 valid values against baseline january.',
      'Miles & kilometres <mixed up>?',
    ],
    facts: [
      { name: 'Model', value: 'flight-delay' },
      { name: 'Version', value: '2001-02' },
      { name: 'Series', value: 'feature/distance, slice origin=ATL' },
      { name: 'Value', value: 'psi 0.4123' },
      { name: 'Threshold', value: '> 0.25' },
      { name: 'Samples', value: '12,345' },
      { name: 'Baseline', value: 'january' },
      { name: 'Since', value: '2001-03-04 05:00 UTC' },
      { name: 'Severity', value: 'critical' },
      { name: 'Rule', value: 'flights/FeatureDrift' },
    ],
    evidence: ['median 580 -> 933', '95 % of the shift is in origin=ATL'],
    links: [
      { to: 'alert', text: 'Open in Tidemark', url: 'https://tidemark.example/alerts/f00d?from=1&to=2' },
      { to: 'runbook', text: 'Runbook', url: 'https://runbooks.example/drift' },
    ],
  });
});

test('a resolve says when it ended, how long it lasted and why', () => {
  const { title, lines, facts } = messageOf(RESOLVED);
  assert.equal(title, '[RESOLVED] distance of flight-delay drifted');
  assert.match(lines[0] ?? '', /was last 0\.08; the rule fires at > 0\.25/);
  assert.equal(
    lines[1],
    'Ended 2001-03-04 07:15 UTC after 2 h 15 min (since 2001-03-04 05:00 UTC): the condition has cleared; ' +
      'judged 2001-03-04 06:15 UTC to 2001-03-04 07:15 UTC.',
  );
  assert.deepEqual(
    facts.find(({ name }) => name === 'Since'),
    { name: 'Since', value: '2001-03-04 05:00 UTC until 2001-03-04 07:15 UTC' },
  );
});

test('each reason for an end is told apart', () => {
  const told = RESOLVE_REASONS.map((resolveReason) => messageOf({ ...RESOLVED, resolveReason }).lines[1]);
  assert.equal(new Set(told).size, RESOLVE_REASONS.length);
  for (const line of told) assert.doesNotMatch(line ?? '', /undefined/);
});

test('an alert about a whole model names no series, baseline or link', () => {
  const { lines, facts, links } = messageOf({
    ...FIRING,
    labels: { alertname: 'Silence' },
    annotations: { summary: 'no traffic' },
    measure: 'rows',
    value: 0,
    baseline: null,
    url: null,
  });
  assert.equal(lines[0], 'rows in flight-delay version 2001-02 is 0; the rule fires at > 0.25.');
  assert.equal(lines[2], 'Judged on 12,345 valid values; this measure needs no baseline.');
  assert.equal(lines.length, 3);
  assert.ok(facts.every(({ name }) => name !== 'Series' && name !== 'Baseline'));
  assert.deepEqual(links, []);
});

test('only http links of a usable length are passed on', () => {
  const linksOf = (url: string) => messageOf({ ...FIRING, annotations: { summary: 's' }, url }).links;
  assert.deepEqual(linksOf('javascript:alert(1)'), []);
  assert.deepEqual(linksOf('/alerts/1'), []);
  assert.deepEqual(linksOf(`https://a.example/${'x'.repeat(2_000)}`), []);
});

test('a summary of several lines becomes one', () => {
  assert.equal(messageOf({ ...FIRING, annotations: { summary: ' a\n\tb\u0007c ' } }).title, '[FIRING critical] a b c');
});

test('figures are short and never mislead', () => {
  assert.deepEqual([0.412345, 1234567, 0.0000123999, Number.NaN, -Infinity].map(valueText), [
    '0.4123',
    '1,234,567',
    '0.0000124',
    'not a number',
    'minus infinite',
  ]);
  assert.equal(timeText(Date.UTC(2001, 0, 1, 0, 0, 5)), '2001-01-01 00:00:05 UTC');
  assert.deepEqual([0, 60_000, 3_600_000, 90_000_000, 86_400_000 + 60_000].map(spanText), [
    '0 min',
    '1 min',
    '1 h',
    '1 d 1 h',
    '1 d',
  ]);
});
