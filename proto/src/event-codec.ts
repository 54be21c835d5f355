import { create, toBinary } from '@bufbuild/protobuf';
import { checkMost, checkName, checkNumber, checkStage, toTime } from './checks.ts';
import {
  type Event as EventMessage,
  EventSchema,
  Stratum as StratumMessage,
  type Violation as ViolationMessage,
} from './gen/tidemark/v1/event_pb.ts';
import { LIMITS } from './limits.ts';
import { decodeValue, encodeValue, type PlainValue } from './value-codec.ts';
import { WireError } from './wire-error.ts';

const STRATUM_MESSAGES = {
  sample: StratumMessage.SAMPLE,
  violation: StratumMessage.VIOLATION,
  'low-confidence': StratumMessage.LOW_CONFIDENCE,
  slow: StratumMessage.SLOW,
  error: StratumMessage.ERROR,
} as const satisfies Record<string, StratumMessage>;

/** Why an inference was kept. */
export type StratumName = keyof typeof STRATUM_MESSAGES;
/** Every stratum there is. */
export const STRATA = Object.freeze(Object.keys(STRATUM_MESSAGES) as StratumName[]);
const STRATUM_NAMES = new Map<number, StratumName>(STRATA.map((name) => [STRATUM_MESSAGES[name], name]));

/** What may be done about a violation. */
export const VIOLATION_ACTIONS = Object.freeze(['annotate', 'fallback', 'reject'] as const);

/** What a guard found on one inference. Stage and field are empty where it is about several. */
export type PlainViolation = {
  readonly check: string;
  readonly stage: string;
  readonly field: string;
  readonly action: (typeof VIOLATION_ACTIONS)[number];
};

/** One inference kept whole. */
export type PlainEvent = {
  readonly version: { readonly model: string; readonly version: string };
  /** Empty = it has no name. */
  readonly predictionId: string;
  /** Event time, whole milliseconds since the epoch. */
  readonly atMs: number;
  readonly stratum: StratumName;
  /** How many inferences of its stratum it stands for, at least 1. */
  readonly weight: number;
  /** Empty = none. */
  readonly slice: string;
  readonly latencyMs: number;
  readonly failed: boolean;
  readonly values: readonly PlainValue[];
  readonly violations: readonly PlainViolation[];
  /** Lower-case hex; empty = there was no span. */
  readonly traceId: string;
  readonly spanId: string;
};

/** Packs an event. Its names and counts have to keep the limits already; values are mended as `encodeValue` says. */
export function encodeEvent({ version, atMs, stratum, values, violations, ...rest }: PlainEvent): EventMessage {
  return create(EventSchema, {
    predictionId: rest.predictionId,
    weight: rest.weight,
    slice: rest.slice,
    latencyMs: rest.latencyMs,
    failed: rest.failed,
    traceId: rest.traceId,
    spanId: rest.spanId,
    model: version.model,
    version: version.version,
    atUnixMs: BigInt(Math.round(atMs)),
    stratum: STRATUM_MESSAGES[stratum],
    values: values.map(encodeValue),
    violations: violations.map(({ check, stage, field, action }) => ({ check, stage, field, action })),
  });
}

/**
 * Unpacks an event and checks everything before use.
 * @throws {WireError} `bad_name`, `malformed` or `too_large`.
 */
export function decodeEvent(message: EventMessage): PlainEvent {
  const { model, version, predictionId, weight, slice, latencyMs, failed, traceId, spanId } = message;
  checkName('model', model);
  checkName('version', version);
  if (predictionId !== '') checkName('prediction_id', predictionId, LIMITS.maxPredictionIdBytes);
  if (slice !== '') checkName('slice', slice);
  checkNumber('weight', weight, 1);
  checkNumber('latency_ms', latencyMs, 0);
  checkHex('trace_id', traceId, 32);
  checkHex('span_id', spanId, 16);
  checkMost('values', 'values', message.values.length, LIMITS.maxValues);
  checkMost('violations', 'violations', message.violations.length, LIMITS.maxValues);
  const atMs = toTime('at_unix_ms', message.atUnixMs);
  const stratum = decodeStratum(message.stratum);
  const values = message.values.map(decodeValue);
  const violations = message.violations.map(decodeViolation);
  checkSize(message);
  return {
    version: { model, version },
    predictionId,
    atMs,
    stratum,
    weight,
    slice,
    latencyMs,
    failed,
    values,
    violations,
    traceId,
    spanId,
  };
}

/** Values and violations whose texts keep their limits take at most 530 bytes each, and all else 1 000: no need to measure. */
const SURELY_SMALL = Math.floor((LIMITS.maxEventBytes - 1000) / 530);

function checkSize(message: EventMessage): void {
  if (message.values.length + message.violations.length <= SURELY_SMALL) return;
  checkMost('event', 'bytes', toBinary(EventSchema, message).length, LIMITS.maxEventBytes);
}

function decodeStratum(stratum: StratumMessage): StratumName {
  const name = STRATUM_NAMES.get(stratum);
  if (name === undefined)
    throw new WireError('malformed', `stratum: expected one of ${STRATA.join(', ')}, got ${stratum}`);
  return name;
}

function decodeViolation({ check, stage, field, action }: ViolationMessage): PlainViolation {
  checkName('check', check);
  if (stage !== '') checkStage(stage);
  if (field !== '') checkName('field', field);
  const known = VIOLATION_ACTIONS.find((one) => one === action);
  if (known === undefined) {
    const got = JSON.stringify(action.slice(0, LIMITS.maxNameBytes));
    throw new WireError('malformed', `action: expected one of ${VIOLATION_ACTIONS.join(', ')}, got ${got}`);
  }
  return { check, stage, field, action: known };
}

function checkHex(what: string, id: string, digits: number): void {
  if (id === '' || (id.length === digits && /^[0-9a-f]+$/.test(id))) return;
  throw new WireError('malformed', `${what}: expected ${digits} lower-case hex digits`);
}
