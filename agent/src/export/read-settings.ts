import {
  checkName,
  type FieldBounds as FieldBoundsMessage,
  isStage,
  LIMITS,
  type ModelSettings as ModelSettingsMessage,
  type Settings,
  toCount,
  WireError,
} from '@tidemark/proto';
import type { CollectorSettings, FieldBounds, ModelSettings } from '../settings.ts';

// As many as an agent keeps apart.
const MAX_MODELS = 256;
const MAX_VALUE_BYTES = 1024;

/**
 * Settings from the wire, checked whole: nothing of them is used unless all of them are right.
 * @throws {WireError} saying what was expected and what came.
 */
export function readSettings(message: Settings): CollectorSettings {
  const revision = toCount('revision', message.revision);
  if (revision < 1) throw new WireError('malformed', 'revision: expected 1 or more, got 0');
  checkAtMost('models', message.models, MAX_MODELS);
  const models = message.models.map(readModelSettings);
  checkOnce('models', models, ({ model, version }) => `${model}\u0000${version}`);
  return Object.freeze({ revision, models: Object.freeze(models) });
}

function readModelSettings(message: ModelSettingsMessage): ModelSettings {
  const { model, version, confidenceFloor, eventShare } = message;
  checkName('model', model);
  checkName('version', version);
  checkAtMost('bounds', message.bounds, LIMITS.maxBounds);
  checkFinite('confidence_floor', confidenceFloor);
  if (eventShare !== undefined && !(eventShare >= 0 && eventShare <= 1)) {
    throw new WireError('malformed', `event_share: expected 0 to 1, got ${eventShare}`);
  }
  const bounds = message.bounds.map(readBounds);
  checkOnce('bounds', bounds, ({ stage, field }) => `${stage}\u0000${field}`);
  return Object.freeze({
    model,
    version,
    bounds: Object.freeze(bounds),
    ...(confidenceFloor !== undefined && { confidenceFloor }),
    ...(eventShare !== undefined && { eventShare }),
  });
}

function readBounds({ stage, field, min, max, values }: FieldBoundsMessage): FieldBounds {
  checkName('stage', stage);
  if (!isStage(stage)) throw new WireError('bad_name', `stage: expected a known stage, got ${JSON.stringify(stage)}`);
  checkName('field', field);
  checkFinite('min', min);
  checkFinite('max', max);
  if (min !== undefined && max !== undefined && min > max) {
    throw new WireError('malformed', `min: expected at most max (${max}), got ${min}`);
  }
  checkAtMost('values', values, LIMITS.maxBounds);
  for (const value of values) {
    if (Buffer.byteLength(value) > MAX_VALUE_BYTES)
      throw new WireError('too_large', `values: expected texts of at most ${MAX_VALUE_BYTES} bytes`);
  }
  return Object.freeze({
    stage,
    field,
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
    ...(values.length > 0 && { values: Object.freeze([...values]) }),
  });
}

function checkFinite(what: string, value: number | undefined): void {
  if (value !== undefined && !Number.isFinite(value))
    throw new WireError('malformed', `${what}: expected a finite number, got ${value}`);
}

function checkAtMost(what: string, list: readonly unknown[], most: number): void {
  if (list.length > most) throw new WireError('too_large', `${what}: expected at most ${most}, got ${list.length}`);
}

function checkOnce<T>(what: string, list: readonly T[], keyOf: (item: T) => string): void {
  if (new Set(list.map(keyOf)).size < list.length) throw new WireError('malformed', `${what}: expected each once`);
}
