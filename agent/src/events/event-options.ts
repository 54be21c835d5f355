import { type Mistake, optionsInvalid } from '../errors.ts';
import { isObject, isWhole, type OptionRow, readOptions } from '../option-table.ts';
import { type PrivacyOptions, type PrivacySettings, readPrivacy } from './privacy-options.ts';
import type { SlowLimit } from './slow-gate.ts';

/** Options of `events`: which inferences are kept whole, and what of them. Without them no event is kept. */
export type EventOptions = {
  readonly share?: number;
  readonly perInterval?: number;
  readonly slowMs?: number;
  readonly slowQuantile?: number;
  readonly lowConfidence?: number;
  readonly maxBytes?: number;
  readonly privacy?: PrivacyOptions;
};

/** Checked and completed event options, frozen. */
export type EventSettings = {
  readonly share: number;
  readonly perInterval: number;
  readonly slow: SlowLimit;
  /** A confidence below is low; −Infinity when none is. */
  readonly lowConfidence: number;
  readonly maxBytes: number;
  readonly privacy: PrivacySettings;
};

const KIB = 1024;
// A fifth of it is the largest event, which must have room for its names.
const MIN_BYTES = 16 * KIB;
const MAX_BYTES = 4 * KIB * KIB;
const SLOW_QUANTILE = 0.99;

const isBetween = (min: number, max: number) => (value: unknown) =>
  typeof value === 'number' && value >= min && value <= max;

/** Whether `value` is a share of inferences. */
export const isShare: (value: unknown) => value is number = isBetween(0, 1) as (value: unknown) => value is number;

/** Options of `events`. */
export const EVENT_TABLE: readonly OptionRow[] = [
  {
    name: 'share',
    type: 'number',
    default: 0,
    doc: 'share of ordinary inferences that may be kept, 0 to 1; errors, violations, low confidence and slow calls are apart',
    accepts: isShare,
    expected: 'a number from 0 to 1',
  },
  {
    name: 'perInterval',
    type: 'number',
    default: 20,
    doc: 'most events of each reason and model version between two flushes, 1 to 1000; a fair sample where there were more',
    accepts: isWhole(1, 1_000),
    expected: 'a whole number from 1 to 1000',
  },
  {
    name: 'slowMs',
    type: 'number',
    doc: 'a call that took longer is slow, in milliseconds; `Infinity` for none',
    accepts: (value) => typeof value === 'number' && value > 0,
    expected: 'a number above 0',
  },
  {
    name: 'slowQuantile',
    type: 'number',
    defaultText: '`0.99` without `slowMs`',
    doc: 'a call above this quantile of the latencies of its version is slow, 0.5 to 0.9999',
    accepts: isBetween(0.5, 0.9999),
    expected: 'a number from 0.5 to 0.9999',
  },
  {
    name: 'lowConfidence',
    type: 'number',
    doc: 'a confidence below is low; without it none is',
    accepts: (value) => typeof value === 'number' && Number.isFinite(value),
    expected: 'a finite number',
  },
  {
    name: 'maxBytes',
    type: 'number',
    default: 256 * KIB,
    doc: 'bytes of events a flush, 16 KiB to 4 MiB; each reason is sure of a fifth',
    accepts: isWhole(MIN_BYTES, MAX_BYTES),
    expected: `a whole number from ${MIN_BYTES} to ${MAX_BYTES}`,
  },
  {
    name: 'privacy',
    type: 'object',
    doc: 'what may leave with events, where that is other than `privacy` of the agent',
    // Checked inside, where no message shows what was given: a key may be in it.
    accepts: () => true,
    expected: 'an object',
    inside: (given, path, mistakes) => readPrivacy(given, path, mistakes),
  },
];

/** Checks event options; every mistake is added to `mistakes`. For the `inside` of an option row that accepts anything. */
export function checkEvents(given: unknown, path: string, mistakes: Mistake[]): void {
  if (!isObject(given)) {
    mistakes.push({ option: path, expected: 'an object', got: `a value of type ${typeof given}` });
    return;
  }
  const { slowMs, slowQuantile } = readOptions(EVENT_TABLE, given, path, mistakes) as EventOptions;
  if (slowMs === undefined || slowQuantile === undefined) return;
  mistakes.push({ option: `${path}.slowQuantile`, expected: 'none beside slowMs', got: `${slowQuantile}` });
}

/**
 * Event options checked, completed and frozen.
 * @throws {AgentError} TIDEMARK_OPTION_INVALID, naming every mistake at once.
 */
export function readEvents(given: unknown, privacy?: PrivacySettings): EventSettings {
  const mistakes: Mistake[] = [];
  checkEvents(given, 'events', mistakes);
  if (mistakes.length > 0) throw optionsInvalid('events', mistakes);
  const options = readOptions(EVENT_TABLE, given, 'events', []) as EventOptions &
    Required<Pick<EventOptions, 'share' | 'perInterval' | 'maxBytes'>>;
  const { slowMs, slowQuantile = SLOW_QUANTILE, lowConfidence = Number.NEGATIVE_INFINITY } = options;
  return Object.freeze({
    share: options.share,
    perInterval: options.perInterval,
    slow: slowMs === undefined ? { quantile: slowQuantile } : { ms: slowMs },
    lowConfidence,
    maxBytes: options.maxBytes,
    privacy:
      options.privacy === undefined && privacy !== undefined
        ? privacy
        : readPrivacy(options.privacy ?? {}, 'events.privacy', []),
  });
}
