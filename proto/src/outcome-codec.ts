import { create } from '@bufbuild/protobuf';
import { checkMost, checkName, checkNumber, toTime } from './checks.ts';
import { type Outcome as OutcomeMessage, OutcomeSchema } from './gen/tidemark/v1/event_pb.ts';
import { LIMITS } from './limits.ts';
import { checkValue, encodeValue, type PlainValue } from './value-codec.ts';
import { WireError } from './wire-error.ts';

/** What turned out to be true of one prediction. */
export type PlainOutcome = {
  readonly version: { readonly model: string; readonly version: string };
  readonly predictionId: string;
  /** When it became known, whole milliseconds since the epoch. */
  readonly atMs: number;
  /** Of stage `outcome`, each field once, at least one. */
  readonly values: readonly PlainValue[];
};

/** Packs an outcome. Its names and counts have to keep the limits already; values are mended as `encodeValue` says. */
export function encodeOutcome({ version, predictionId, atMs, values }: PlainOutcome): OutcomeMessage {
  return create(OutcomeSchema, {
    model: version.model,
    version: version.version,
    predictionId,
    atUnixMs: BigInt(Math.round(atMs)),
    values: values.map(encodeValue),
  });
}

/**
 * Unpacks an outcome and checks everything before use.
 * @throws {WireError} `bad_name`, `malformed` or `too_large`.
 */
export function decodeOutcome(message: OutcomeMessage): PlainOutcome {
  const { model, version, predictionId, values } = message;
  const outcome = {
    version: { model, version },
    predictionId,
    atMs: toTime('at_unix_ms', message.atUnixMs),
    values: values.map(({ stage, field, value }) => ({ stage, field, value: value.value })),
  };
  checkOutcome(outcome);
  return outcome;
}

/**
 * Checks an outcome, by whatever way it came.
 * @throws {WireError} `bad_name`, `malformed` or `too_large`.
 */
export function checkOutcome({ version: { model, version }, predictionId, atMs, values }: PlainOutcome): void {
  checkName('model', model);
  checkName('version', version);
  checkName('prediction_id', predictionId, LIMITS.maxPredictionIdBytes);
  checkNumber('at', atMs);
  if (values.length === 0) throw new WireError('malformed', 'values: expected at least one, got none');
  checkMost('values', 'values', values.length, LIMITS.maxValues);
  const fields = new Set<string>();
  for (const value of values) {
    checkValue(value);
    if (value.stage !== 'outcome') {
      throw new WireError('malformed', `${value.field}: expected stage outcome, got ${JSON.stringify(value.stage)}`);
    }
    if (fields.has(value.field)) throw new WireError('malformed', `${value.field}: expected each field once`);
    fields.add(value.field);
  }
}
