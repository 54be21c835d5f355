import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { loadModelSettings } from '../../../collector/src/agent-settings/load.ts';
import { formatMistakes } from '../../../collector/src/checked-yaml.ts';

function mistakesOf(text: string): string[] {
  const loaded = loadModelSettings(text, 's.yaml');
  return loaded.ok ? [] : formatMistakes(loaded.mistakes).split('\n');
}

describe('a file of settings', () => {
  test('is read from YAML and from JSON, and may leave out everything', () => {
    const settings = {
      bounds: [
        { stage: 'feature', field: 'distance', min: 0, max: 5000 },
        { stage: 'input', field: 'origin', values: ['ATL', 'ORD'] },
      ],
      confidenceFloor: 0.6,
      eventShare: 0.01,
    };
    const yaml = [
      'bounds:',
      '  - { stage: feature, field: distance, min: 0, max: 5000 }',
      '  - { stage: input, field: origin, values: [ATL, ORD] }',
      'confidenceFloor: 0.6',
      'eventShare: 0.01',
    ].join('\n');
    assert.deepEqual(loadModelSettings(yaml, 's.yaml'), { ok: true, settings });
    assert.deepEqual(loadModelSettings(JSON.stringify(settings), 's.json'), { ok: true, settings });
    assert.deepEqual(loadModelSettings('', 's.yaml'), { ok: true, settings: { bounds: [] } });
  });

  test('that has mistakes of form and of meaning is told of all of them, with their places', () => {
    const text = [
      'bounds:',
      '  - { stage: features, field: distance, min: 0 }',
      '  - { stage: feature, field: speed, min: 2, max: 1 }',
      '  - { stage: feature, field: mass }',
      '  - { stage: feature, field: height, min: low }',
      '  - { stage: input, field: origin, valuse: [ATL] }',
      '  - { stage: input, field: zip, values: [1] }',
      '  - { stage: feature, field: speed, max: 3 }',
      'confidenceFlor: 0.6',
      'eventShare: 2',
    ].join('\n');
    const expected = [
      /^s\.yaml:2:5 bounds\[0\]: stage: expected a known stage, got "features"$/,
      /^s\.yaml:3:5 bounds\[1\]: feature\/speed: expected min <= max, got 2 and 1$/,
      /^s\.yaml:4:5 bounds\[2\]: feature\/mass: expected min, max or values, got none of them$/,
      /^s\.yaml:5:\d+ bounds\[3\]\.min: expected a number, got 'low'$/,
      /^s\.yaml:6:\d+ bounds\[4\]\.valuse: unknown key 'valuse' \(did you mean 'values'\?\)$/,
      /^s\.yaml:7:\d+ bounds\[5\]\.values\[0\]: expected a text, got 1$/,
      /^s\.yaml:8:5 bounds\[6\]: feature\/speed has its bounds at bounds\[1\] already$/,
      /^s\.yaml:9:1 confidenceFlor: unknown key 'confidenceFlor' \(did you mean 'confidenceFloor'\?\)$/,
      /^s\.yaml:10:\d+ eventShare: expected a number <= 1, got 2$/,
    ];
    const found = mistakesOf(text);
    assert.equal(found.length, expected.length, found.join('\n'));
    for (const [i, line] of found.entries()) assert.match(line, expected[i] as RegExp);
  });

  test('that would not fit into a receipt is refused', () => {
    const values = JSON.stringify(Array.from({ length: 900 }, (_, i) => `${i}`.padEnd(60, 'x')));
    const bounds = Array.from({ length: 3 }, (_, i) => `  - { stage: input, field: f${i}, values: ${values} }`);
    assert.match(mistakesOf(['bounds:', ...bounds].join('\n')).join(), /expected at most 131072 bytes, got \d+/);
  });

  for (const text of ['[', 'just text', '[1, 2]', 'bounds: { a: 1 }', 'bounds: [null, 3]', 'null']) {
    test(`never throws, not for ${JSON.stringify(text)}`, () => {
      assert.equal(typeof loadModelSettings(text, 's.yaml').ok, 'boolean');
    });
  }
});
