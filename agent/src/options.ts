import { type Clock, WALL_CLOCK } from './clock.ts';
import { type Mistake, optionsInvalid } from './errors.ts';
import { checkEvents, type EventOptions, type EventSettings, readEvents } from './events/event-options.ts';
import { type PrivacyOptions, type PrivacySettings, readPrivacy } from './events/privacy-options.ts';
import { checkLine, LINE_ROWS, type LineOptions, type LineSettings, readLine } from './line-options.ts';
import { LOG_ROW } from './log-option.ts';
import { checkModel, type ModelOptions, type ModelSpec, readModel } from './model-options.ts';
import { isName } from './names.ts';
import { isFunction, isObject, isWhole, type OptionRow, readOptions } from './option-table.ts';
import { TRACE_ROWS, type TraceOptions } from './trace/trace-options.ts';

/** Options of `createAgent`. */
export type AgentOptions = LineOptions &
  TraceOptions & {
    /** `host:port` of the collector; may come from the environment instead. */
    readonly collector?: string;
    readonly model: ModelOptions;
    readonly service?: string;
    readonly windowMs?: 60_000 | 3_600_000;
    readonly flushIntervalMs?: number;
    readonly maxQueueBytes?: number;
    readonly clock?: Clock;
    /** Which inferences are kept whole, and what of them; without it none is. */
    readonly events?: EventOptions;
    /** What may leave the process, with events and (`appliesTo: 'all'`) as categories in summaries. */
    readonly privacy?: PrivacyOptions;
    readonly enabled?: boolean;
    readonly log?: (message: string) => void;
  };

/** Checked and completed options, frozen. */
export type AgentSettings = Required<Omit<AgentOptions, 'model' | 'events' | 'privacy' | keyof LineOptions>> &
  LineSettings & {
    readonly model: ModelSpec;
    readonly events: EventSettings | undefined;
    readonly privacy: PrivacySettings;
  };

const MIB = 1024 * 1024;

/** Host and port of `host:port`, `[::1]:port` included, when it is one. */
function isHostAndPort(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  const match = /^(\[[0-9a-fA-F:.]+\]|[^\s:/[\]]+):(\d{1,5})$/.exec(value);
  return match !== null && Number(match[2]) >= 1 && Number(match[2]) <= 65_535;
}

/** Options of the agent. */
export const AGENT_TABLE: readonly OptionRow[] = [
  {
    name: 'collector',
    type: 'string',
    required: true,
    doc: '`host:port` of the collector',
    env: 'TIDEMARK_COLLECTOR',
    accepts: isHostAndPort,
    expected: 'host:port',
  },
  {
    name: 'model',
    type: 'object',
    required: true,
    doc: 'the model version that answers, see below',
    accepts: isObject,
    expected: 'an object',
    inside: checkModel,
  },
  {
    name: 'service',
    type: 'string',
    default: 'unknown',
    doc: 'what this process is called',
    env: 'TIDEMARK_SERVICE',
    accepts: isName,
    expected: 'text of 1 to 128 bytes',
  },
  {
    name: 'windowMs',
    type: 'number',
    default: 60_000,
    doc: 'width of a window, a minute or an hour (3600000)',
    accepts: (value) => value === 60_000 || value === 3_600_000,
    expected: '60000 or 3600000',
  },
  {
    name: 'flushIntervalMs',
    type: 'number',
    default: 10_000,
    doc: 'how often open windows are sent on, 100 to 3600000',
    accepts: isWhole(100, 3_600_000),
    expected: 'a whole number from 100 to 3600000',
  },
  {
    name: 'maxQueueBytes',
    type: 'number',
    default: 32 * MIB,
    doc: 'memory for open windows (half of it) and for what waits to be acknowledged, from 1 MiB to 1 GiB',
    accepts: isWhole(MIB, 1024 * MIB),
    expected: `a whole number from ${MIB} to ${1024 * MIB}`,
  },
  {
    name: 'clock',
    type: '{ now(): number }',
    default: WALL_CLOCK,
    defaultText: '`Date`',
    doc: 'event time of calls without `at`, in milliseconds since the epoch',
    accepts: (value) => isObject(value) && isFunction((value as Clock).now),
    expected: 'an object with a function now',
  },
  {
    name: 'events',
    type: 'object',
    doc: 'which inferences are kept whole, see below; without it none is',
    // Checked inside, where no message shows what was given: a key may be in it.
    accepts: () => true,
    expected: 'an object',
    inside: checkEvents,
  },
  {
    name: 'privacy',
    type: 'object',
    doc: 'what may leave the process, see below; without it no value leaves with an event, and secrets are taken out of categories',
    // Checked inside, where no message shows what was given: a key may be in it.
    accepts: () => true,
    expected: 'an object',
    inside: (given, path, mistakes) => readPrivacy(given, path, mistakes),
  },
  {
    name: 'enabled',
    type: 'boolean',
    default: true,
    doc: 'false leaves everything that is wrapped as it is and opens no connection',
    env: 'TIDEMARK_ENABLED',
    fromEnv: (text) => ({ true: true, 1: true, false: false, 0: false })[text.toLowerCase()] ?? text,
    accepts: (value) => typeof value === 'boolean',
    expected: 'true or false',
  },
  LOG_ROW,
  ...LINE_ROWS,
  ...TRACE_ROWS,
];

/**
 * Agent options checked, completed and frozen.
 * @throws {AgentError} TIDEMARK_OPTION_INVALID, naming every mistake at once.
 */
export function readAgentOptions(given: unknown): AgentSettings {
  const mistakes: Mistake[] = [];
  const options = readOptions(AGENT_TABLE, given, '', mistakes, process.env);
  if (mistakes.length === 0) checkLine(options, mistakes);
  if (mistakes.length > 0) throw optionsInvalid('createAgent', mistakes);
  const { insecureToken: _, ...rest } = options as Required<AgentOptions>;
  const privacy = readPrivacy(rest.privacy ?? {}, 'privacy', []);
  const events = rest.events === undefined ? undefined : readEvents(rest.events, privacy);
  return Object.freeze({ ...rest, ...readLine(options), events, privacy, model: readModel(options.model) });
}
