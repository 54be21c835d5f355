import { create, toBinary } from '@bufbuild/protobuf';
import { checkMost, checkName, checkNumber, checkStage, toCount } from './checks.ts';
import {
  type FieldBounds as FieldBoundsMessage,
  type ModelSettings as ModelSettingsMessage,
  ModelSettingsSchema,
  type Settings as SettingsMessage,
  SettingsSchema,
} from './gen/tidemark/v1/settings_pb.ts';
import { LIMITS } from './limits.ts';
import { WireError } from './wire-error.ts';

/** What the values of one field are held against: a number's bounds, both included, or a category's allowed keys. */
export type PlainBounds = {
  readonly stage: string;
  readonly field: string;
  readonly min?: number;
  readonly max?: number;
  readonly values?: readonly string[];
};

/** What agents go by for one model version; what is absent stays as their own options say. */
export type PlainModelSettings = {
  readonly bounds: readonly PlainBounds[];
  /** A confidence below is a violation. */
  readonly confidenceFloor?: number;
  /** Share of inferences that are kept as events, 0 to 1. */
  readonly eventShare?: number;
};

/** What agents go by for several model versions, as of a revision. */
export type PlainSettings = {
  readonly revision: number;
  readonly models: readonly (PlainModelSettings & { readonly model: string; readonly version: string })[];
};

/** Packs settings that keep the limits already. */
export function encodeSettings({ revision, models }: PlainSettings): SettingsMessage {
  return create(SettingsSchema, { revision: BigInt(revision), models: models.map(encodeModelSettings) });
}

function encodeModelSettings({ model, version, bounds, confidenceFloor, eventShare }: PlainSettings['models'][number]) {
  return create(ModelSettingsSchema, {
    model,
    version,
    bounds: bounds.map(({ stage, field, min, max, values = [] }) => ({
      stage,
      field,
      values: [...values],
      ...(min === undefined ? {} : { min }),
      ...(max === undefined ? {} : { max }),
    })),
    ...(confidenceFloor === undefined ? {} : { confidenceFloor }),
    ...(eventShare === undefined ? {} : { eventShare }),
  });
}

/**
 * Unpacks settings and checks everything before use.
 * @throws {WireError} `bad_name`, `malformed` or `too_large`.
 */
export function decodeSettings(message: SettingsMessage): PlainSettings {
  const revision = toCount('revision', message.revision);
  if (revision < 1) throw new WireError('malformed', 'revision: expected 1 or more, got 0');
  return { revision, models: message.models.map(decodeModelSettings) };
}

function decodeModelSettings(message: ModelSettingsMessage): PlainSettings['models'][number] {
  const { model, version, confidenceFloor, eventShare } = message;
  checkName('model', model);
  checkName('version', version);
  const settings: PlainModelSettings = {
    bounds: message.bounds.map(toPlainBounds),
    ...(confidenceFloor === undefined ? {} : { confidenceFloor }),
    ...(eventShare === undefined ? {} : { eventShare }),
  };
  checkModelSettings(settings);
  return { model, version, ...settings };
}

function toPlainBounds({ stage, field, min, max, values }: FieldBoundsMessage): PlainBounds {
  return {
    stage,
    field,
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(values.length === 0 ? {} : { values }),
  };
}

/**
 * Checks the settings of one model version: each of their bounds, no field twice, and their size as a whole.
 * @throws {WireError} `bad_name`, `malformed` or `too_large`.
 */
export function checkModelSettings(settings: PlainModelSettings): void {
  const { bounds, confidenceFloor, eventShare } = settings;
  checkMost('bounds', 'fields', bounds.length, LIMITS.maxBounds);
  const seen = new Set<string>();
  for (const one of bounds) {
    checkBounds(one);
    const name = `${one.stage}/${one.field}`;
    if (seen.has(name)) throw new WireError('malformed', `${name}: expected each field once`);
    seen.add(name);
  }
  if (confidenceFloor !== undefined) checkNumber('confidence_floor', confidenceFloor);
  if (eventShare !== undefined) checkNumber('event_share', eventShare, 0, 1);
  const bytes = toBinary(ModelSettingsSchema, encodeModelSettings({ model: '', version: '', ...settings })).length;
  checkMost('settings', 'bytes', bytes, LIMITS.maxSettingsBytes);
}

/**
 * Checks the bounds of one field.
 * @throws {WireError} `bad_name`, `malformed` or `too_large`.
 */
export function checkBounds({ stage, field, min, max, values = [] }: PlainBounds): void {
  checkStage(stage);
  checkName('field', field);
  const name = `${stage}/${field}`;
  if (min !== undefined) checkNumber(`min of ${name}`, min);
  if (max !== undefined) checkNumber(`max of ${name}`, max);
  if (min !== undefined && max !== undefined && min > max) {
    throw new WireError('malformed', `${name}: expected min <= max, got ${min} and ${max}`);
  }
  checkMost(name, 'values', values.length, LIMITS.maxBounds);
  for (const value of values) {
    const bytes = Buffer.byteLength(value, 'utf8');
    if (bytes > LIMITS.maxKeyBytes) {
      throw new WireError('too_large', `${name}: expected values of at most ${LIMITS.maxKeyBytes} bytes, got ${bytes}`);
    }
    if (!value.isWellFormed()) throw new WireError('malformed', `${name}: expected values of well-formed text`);
  }
  if (min === undefined && max === undefined && values.length === 0) {
    throw new WireError('malformed', `${name}: expected min, max or values, got none of them`);
  }
}
