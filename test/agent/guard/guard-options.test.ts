import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AgentError } from '@tidemark/agent';
import type { Mistake } from '../../../agent/src/errors.ts';
import { checkReads, readGuard } from '../../../agent/src/guard/guard-settings.ts';

const field = (check: object) => ({ fields: [{ field: 'x', ...check }] });
const relation = (given: object) => ({ relations: [{ name: 'r', fields: ['a', 'b'], ...given }] });
const custom = (given: object) => ({ custom: [{ name: 'c', before: () => true, ...given }] });

const WRONG: [option: string, options: unknown][] = [
  ['guard', 'strict'],
  ['guard', {}],
  ['guard.feilds', { feilds: [] }],
  ['guard.fields', { fields: Array.from({ length: 501 }, () => ({ field: 'x' })) }],
  ['guard.fields[0].field', { fields: [{ max: 5 }] }],
  ['guard.fields[0].stage', field({ stage: 'features' })],
  ['guard.fields[0].required', field({ required: 'yes' })],
  ['guard.fields[0].type', field({ type: 'float' })],
  ['guard.fields[0].max', field({ max: Number.POSITIVE_INFINITY })],
  ['guard.fields[0].min', field({ min: 2, max: 1 })],
  ['guard.fields[0].min', field({ type: 'string', min: 1 })],
  ['guard.fields[0].values', field({ values: [] })],
  ['guard.fields[0].values', field({ values: ['a', 'a'] })],
  ['guard.fields[0].pattern', field({ pattern: '(' })],
  ['guard.fields[0].pattern', field({ type: 'number', pattern: /a/ })],
  ['guard.fields[0].pattern', field({ max: 5, pattern: /a/ })],
  ['guard.fields[0].action', field({ action: 'refuse' })],
  ['guard.fields.x', { fields: { x: 5 } }],
  ['guard.fields.x.field', { fields: { x: { field: 'y' } } }],
  ['guard.fields.x.mni', { fields: { x: { mni: 5 } } }],
  ['guard.relations[0]', relation({})],
  ['guard.relations[0]', relation({ check: '<', test: () => true })],
  ['guard.relations[0].check', relation({ check: '==', test: () => true })],
  ['guard.relations[0].fields', relation({ check: '<', fields: ['a'] })],
  ['guard.relations[0].fields', relation({ test: () => true, fields: [] })],
  ['guard.bounds', { bounds: 'annotate' }],
  ['guard.bounds.action', { bounds: {} }],
  ['guard.confidence.floor', { confidence: {} }],
  ['guard.custom[0]', { custom: [{ name: 'c' }] }],
  ['guard.custom[0].timeoutMs', custom({ timeoutMs: 0 })],
  ['guard.custom[0].name', custom({ name: '' })],
  ['guard.onFailure', { ...field({}), onFailure: 'ignore' }],
  ['guard.onVerdict', { ...field({}), onVerdict: true }],
  ['guard.showValues', { ...field({}), showValues: 1 }],
  ['guard.fallback', field({ action: 'fallback' })],
  ['guard.fallback', { ...field({}), action: 'fallback' }],
  ['guard.fallback', { bounds: { action: 'fallback' } }],
  ['guard.fallback', custom({ action: 'fallback' })],
  ['guard.fallback', { ...relation({ check: '<' }), action: 'fallback' }],
];

describe('options of a guard', () => {
  for (const [option, given] of WRONG) {
    it(`name a wrong ${option}: ${JSON.stringify(given)?.slice(0, 80)}`, () => {
      assert.throws(
        () => readGuard(given),
        (error: AgentError) => {
          assert.ok(error instanceof AgentError && error.code === 'TIDEMARK_OPTION_INVALID');
          assert.deepEqual([...new Set(error.mistakes.map((mistake) => mistake.option))], [option]);
          return true;
        },
      );
    });
  }

  it('name all mistakes at once', () => {
    const given = { fields: [{ field: '' }, { field: 'x', type: 'float' }], action: 'refuse', custom: [{ name: 'c' }] };
    assert.throws(
      () => readGuard(given),
      (error: AgentError) => error.mistakes.length === 4,
    );
  });

  it('complete each check by the action of all, and bounds by none', () => {
    const settings = readGuard({
      fields: { x: { max: 1 }, y: { max: 1, action: 'annotate' } },
      relations: [{ name: 'r', fields: ['a', 'b'], check: '<' }],
      bounds: true,
      confidence: { floor: 0.5, action: undefined },
      custom: [{ name: 'c', before: () => true }],
      action: 'reject',
    });
    assert.deepEqual(
      settings.rules.map(({ stage, rule }) => [stage, rule.action]),
      [
        ['feature', 'reject'],
        ['feature', 'annotate'],
      ],
    );
    const { relations, confidence, custom: own, boundsAction, failsClosed } = settings;
    assert.deepEqual([relations[0]?.action, confidence?.action, own[0]?.action], ['reject', 'reject', 'reject']);
    assert.deepEqual([boundsAction, failsClosed, own[0]?.timeoutMs], ['annotate', false, 1_000]);
  });

  it('ask for an extractor of every stage that is checked', () => {
    const settings = readGuard({
      fields: [
        { field: 'x', max: 1 },
        { stage: 'input', field: 'x', max: 1 },
        { stage: 'prediction', field: 'x', max: 1 },
      ],
      confidence: { floor: 0.5 },
    });
    const mistakes: Mistake[] = [];
    checkReads(settings, { input: false, feature: false, prediction: true, confidence: false }, mistakes);
    assert.deepEqual(mistakes.map(({ option }) => option).sort(), ['confidence', 'features', 'input']);
  });
});
