import { create } from '@bufbuild/protobuf';
import { checkName, checkNumber, checkStage } from './checks.ts';
import { type NamedValue as NamedValueMessage, NamedValueSchema } from './gen/tidemark/v1/event_pb.ts';
import { LIMITS } from './limits.ts';
import { WireError } from './wire-error.ts';

/** One value by stage and field; undefined = it was missing. */
export type PlainValue = {
  readonly stage: string;
  readonly field: string;
  readonly value: number | string | boolean | undefined;
};

/**
 * Packs a value. What the wire does not take is made into what it does: NaN and the infinities go as text, so that an
 * event still says what came, and long or malformed text is mended and cut to `LIMITS.maxTextBytes`.
 */
export function encodeValue({ stage, field, value }: PlainValue): NamedValueMessage {
  return create(NamedValueSchema, { stage, field, value: toOneof(value) });
}

function toOneof(value: PlainValue['value']): NamedValueMessage['value'] {
  switch (typeof value) {
    case 'undefined':
      return { case: undefined };
    case 'boolean':
      return { case: 'flag', value };
    case 'number':
      return Number.isFinite(value) ? { case: 'number', value } : { case: 'text', value: String(value) };
    case 'string':
      return { case: 'text', value: cutText(value) };
  }
}

/** Three bytes are the most that one UTF-16 unit takes, so shorter texts need no counting. */
const SURELY_SHORT = Math.floor(LIMITS.maxTextBytes / 3);
const room = new Uint8Array(LIMITS.maxTextBytes);
const encoder = new TextEncoder();

function cutText(text: string): string {
  const wellFormed = text.isWellFormed() ? text : text.slice(0, LIMITS.maxTextBytes).toWellFormed();
  if (wellFormed.length <= SURELY_SHORT) return wellFormed;
  // Encodes whole characters only and says how far it came.
  return wellFormed.slice(0, encoder.encodeInto(wellFormed, room).read);
}

/**
 * Unpacks a value and checks it.
 * @throws {WireError} `bad_name`, `malformed` or `too_large`.
 */
export function decodeValue({ stage, field, value }: NamedValueMessage): PlainValue {
  const plain = { stage, field, value: value.value };
  checkValue(plain);
  return plain;
}

/**
 * Checks a value, by whatever way it came.
 * @throws {WireError} `bad_name`, `malformed` or `too_large`.
 */
export function checkValue({ stage, field, value }: PlainValue): void {
  checkStage(stage);
  checkName('field', field);
  const name = `${stage}/${field}`;
  if (typeof value === 'number') checkNumber(name, value);
  else if (typeof value === 'string') checkText(name, value);
  else if (typeof value !== 'boolean' && value !== undefined) {
    // What came as JSON may be anything, whatever its type says.
    throw new WireError('malformed', `${name}: expected a number, a text, true, false or nothing`);
  }
}

function checkText(what: string, text: string): void {
  const bytes = Buffer.byteLength(text, 'utf8');
  if (bytes > LIMITS.maxTextBytes) {
    throw new WireError('too_large', `${what}: expected at most ${LIMITS.maxTextBytes} bytes of text, got ${bytes}`);
  }
  if (!text.isWellFormed()) throw new WireError('malformed', `${what}: expected well-formed text`);
}
