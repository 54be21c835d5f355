import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import {
  decodeSettings,
  encodeSettings,
  type FieldBounds,
  LIMITS,
  type ModelSettings,
  type PlainSettings,
  type RefusalCode,
  type Settings,
  SettingsSchema,
  WireError,
} from '@tidemark/proto';

const SETTINGS: PlainSettings = {
  revision: 7,
  models: [
    {
      model: 'm',
      version: '1',
      bounds: [
        { stage: 'feature', field: 'distance', min: 0, max: 5000 },
        { stage: 'feature', field: 'speed', max: -0.5 },
        { stage: 'input', field: 'origin', values: ['ATL', '', 'ORD'] },
      ],
      confidenceFloor: 0,
      eventShare: 0.25,
    },
    { model: 'm', version: '2', bounds: [] },
  ],
};

describe('the way of settings over the wire', () => {
  test('keeps everything that they say, and what they leave to the agent stays absent', () => {
    const message = fromBinary(SettingsSchema, toBinary(SettingsSchema, encodeSettings(SETTINGS)));
    assert.deepEqual(decodeSettings(message), SETTINGS);
  });

  type Change = { settings?: Partial<Settings>; model?: Partial<ModelSettings>; bounds?: Partial<FieldBounds> };
  const many = (count: number) =>
    Array.from({ length: count }, (_, i) => ({ stage: 'feature', field: `f${i}`, max: i }));
  const boundsOf = (bounds: PlainSettings['models'][number]['bounds']) =>
    encodeSettings({ revision: 1, models: [{ model: 'm', version: '1', bounds }] }).models[0]?.bounds ?? [];
  const spoilt: readonly [string, RefusalCode, Change][] = [
    ['of no revision', 'malformed', { settings: { revision: 0n } }],
    ['of a revision above 2^53', 'malformed', { settings: { revision: 2n ** 53n } }],
    ['of no model', 'bad_name', { model: { model: '' } }],
    ['of a version with a line break', 'bad_name', { model: { version: 'a\n' } }],
    ['with a confidence floor that is no number', 'malformed', { model: { confidenceFloor: Number.NaN } }],
    ['with a share above 1', 'malformed', { model: { eventShare: 1.01 } }],
    ['with a share below 0', 'malformed', { model: { eventShare: -0.01 } }],
    ['with bounds of no stage', 'bad_name', { bounds: { stage: '' } }],
    ['with bounds of an unknown stage', 'bad_name', { bounds: { stage: 'features' } }],
    ['with bounds of no field', 'bad_name', { bounds: { field: '' } }],
    ['with an infinite bound', 'malformed', { bounds: { max: Infinity } }],
    ['with a bound that is no number', 'malformed', { bounds: { min: Number.NaN } }],
    ['with bounds that nothing keeps', 'malformed', { bounds: { min: 2, max: 1 } }],
    ['with a category too long', 'too_large', { bounds: { values: ['ä'.repeat(33)] } }],
    ['with half a character', 'malformed', { bounds: { values: ['\ud800'] } }],
    ['with too many categories', 'too_large', { bounds: { values: new Array(LIMITS.maxBounds + 1).fill('') } }],
    ['with too many fields', 'too_large', { model: { bounds: boundsOf(many(LIMITS.maxBounds + 1)) } }],
    ['with one field twice', 'malformed', { model: { bounds: boundsOf([...many(1), ...many(1)]) } }],
    [
      'that are too large as a whole',
      'too_large',
      { model: { bounds: boundsOf(many(20).map((one) => ({ ...one, values: new Array(200).fill('x'.repeat(64)) }))) } },
    ],
  ];
  for (const [what, code, { settings, model, bounds }] of spoilt) {
    test(`refuses those ${what} as ${code}`, () => {
      const message = Object.assign(encodeSettings(SETTINGS), settings);
      Object.assign(message.models[0] ?? {}, model);
      Object.assign(message.models[0]?.bounds[0] ?? {}, bounds);
      assert.throws(
        () => decodeSettings(message),
        (error) => error instanceof WireError && error.code === code,
      );
    });
  }

  test('refuses bounds that bound nothing', () => {
    const message = encodeSettings({ revision: 1, models: [{ model: 'm', version: '1', bounds: many(1) }] });
    delete message.models[0]?.bounds[0]?.max;
    assert.throws(() => decodeSettings(message), { code: 'malformed', message: /expected min, max or values/ });
  });
});
