import type { RefusalCode } from '@tidemark/proto';
import { LOSS_REASONS } from './loss-reasons.ts';

/** `gauge` and `observed-counter` are asked for when somebody looks; the others are told of everything that happens. */
export type InstrumentKind = 'counter' | 'observed-counter' | 'gauge' | 'histogram';

/**
 * One instrument. Everybody who reaches the HTTP port can read what it says, so no label holds what users or agents named:
 * values are from a closed list, or (`OF_PROGRAM`) constants of the program itself.
 */
export type Instrument = {
  readonly kind: InstrumentKind;
  /** UCUM, as OpenTelemetry has it: `s`, `By`, `1`, `{batch}`. */
  readonly unit: string;
  readonly doc: string;
  readonly labels?: Readonly<Record<string, readonly string[]>>;
  /** Upper bounds of a histogram's buckets. */
  readonly buckets?: readonly number[];
};

/** Values of a label that the program sets: routes, status codes, its version. */
export const OF_PROGRAM: readonly string[] = Object.freeze([]);

/** From a commit on a fast disk to one that the statement timeout of 60 s ends. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
/** From a tick that has nothing to judge to a backlog of an hour. */
const LONG_SECONDS = [0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600];
/** Powers of two up to the largest group of a commit. */
const GROUP_SIZES = [1, 2, 4, 8, 16, 32, 64, 256, 1_024];
const OUTCOMES = ['accepted', 'duplicate', 'refused', 'retry'] as const;
const CHANNELS = ['slack', 'pagerduty', 'webhook', 'unknown'] as const;
const TASKS = ['retention', 'rollup'] as const;
const PARTS = ['summary', 'traffic'] as const;
/** Every code, by the compiler's word. */
const REFUSAL_CODES = Object.keys({
  malformed: true,
  too_large: true,
  unknown_model_version: true,
  in_the_future: true,
  too_old: true,
  bad_width: true,
  bad_name: true,
  kind_changed: true,
  over_budget: true,
} satisfies Record<RefusalCode, true>) as RefusalCode[];

/**
 * Every instrument of the collector by its OpenTelemetry name; `prometheusName` says what Prometheus calls it. Names of
 * `http`, `process`, `nodejs` and `v8js` are those of OpenTelemetry's semantic conventions.
 */
export const INSTRUMENTS = {
  'tidemark.receive.batches': {
    kind: 'counter',
    unit: '{batch}',
    doc: 'Batches answered. `retry`: the agent sends it again, because the store is slow or away.',
    labels: { outcome: OUTCOMES },
  },
  'tidemark.receive.summaries': {
    kind: 'counter',
    unit: '{summary}',
    doc: 'Summaries of series in those batches, but for what is given back unread; `refused` ones can stand in a batch that is accepted.',
    labels: { outcome: OUTCOMES },
  },
  'tidemark.receive.rows': {
    kind: 'counter',
    unit: '{row}',
    doc: 'Inferences in the windows of those batches, but for what is given back unread.',
    labels: { outcome: OUTCOMES },
  },
  'tidemark.receive.refusals': {
    kind: 'counter',
    unit: '{part}',
    doc: 'Parts of batches refused for good, by the code that their agent is told.',
    labels: { code: REFUSAL_CODES },
  },
  'tidemark.receive.losses': {
    kind: 'counter',
    unit: '{inference}',
    doc: 'Inferences that agents say they lost, whole or in part, by reason.',
    labels: { reason: LOSS_REASONS },
  },
  'tidemark.receive.malformed': {
    kind: 'counter',
    unit: '{message}',
    doc: 'Messages that were no batch at all; each ends its stream.',
  },
  'tidemark.receive.turned_away': {
    kind: 'counter',
    unit: '{stream}',
    doc: 'Streams refused: no token, or not one that may write.',
  },
  'tidemark.receive.size': { kind: 'counter', unit: 'By', doc: 'Bytes of the batches answered.' },
  'tidemark.receive.duration': {
    kind: 'histogram',
    unit: 's',
    doc: 'From a batch to its receipt, as agents feel it.',
    labels: { outcome: OUTCOMES },
    buckets: SECONDS,
  },
  'tidemark.receive.backlog': {
    kind: 'gauge',
    unit: 'By',
    doc: 'Memory of batches that wait for their commit, as estimated; at 256 MiB agents are asked to come again.',
  },
  'tidemark.receive.streams': { kind: 'gauge', unit: '{stream}', doc: 'Open streams of agents.' },
  'tidemark.ingest.commit.duration': {
    kind: 'histogram',
    unit: 's',
    doc: 'Group commits, from begin to commit or failure.',
    labels: { outcome: ['committed', 'failed'] },
    buckets: SECONDS,
  },
  'tidemark.ingest.commit.batches': {
    kind: 'histogram',
    unit: '{batch}',
    doc: 'Batches in one group commit, at most 1 024.',
    buckets: GROUP_SIZES,
  },
  'tidemark.ingest.writes': {
    kind: 'counter',
    unit: '{part}',
    doc: 'Parts of windows written; it grows with series, not with agents or traffic.',
    labels: { kind: PARTS },
  },
  'tidemark.ingest.open_parts': {
    kind: 'gauge',
    unit: '{part}',
    doc: 'Parts of windows held in memory.',
    labels: { kind: PARTS },
  },
  'tidemark.health': {
    kind: 'gauge',
    unit: '{check}',
    doc: 'Whether a check of /health/ready holds: 1 or 0. Looked at every 10 s.',
    labels: { check: OF_PROGRAM },
  },
  'tidemark.store.latency': {
    kind: 'gauge',
    unit: 's',
    doc: 'How long the checks of /health/ready took last; the store is asked the smallest question in them.',
  },
  'tidemark.agents': { kind: 'gauge', unit: '{agent}', doc: 'Agents heard of within two minutes, by any collector.' },
  'tidemark.judging.tick.duration': {
    kind: 'histogram',
    unit: 's',
    doc: 'Judging one tick of one group of rules and storing what came of it.',
    buckets: SECONDS,
  },
  'tidemark.judging.findings': { kind: 'counter', unit: '{finding}', doc: 'Series judged, at ticks that were stored.' },
  'tidemark.judging.failures': {
    kind: 'counter',
    unit: '{run}',
    doc: 'Runs of judging that failed; each is repeated.',
  },
  'tidemark.judging.lag': {
    kind: 'gauge',
    unit: 's',
    doc: 'Event time by which the longest overdue tick is behind the watermark; 0 = nothing is due.',
  },
  'tidemark.judging.last_success.timestamp': {
    kind: 'gauge',
    unit: 's',
    doc: 'Unix time at which a run of judging last ended well.',
  },
  'tidemark.alerts': {
    kind: 'gauge',
    unit: '{alert}',
    doc: 'Alerts as they stand.',
    labels: { state: ['pending', 'firing', 'recovering', 'resolved'] },
  },
  'tidemark.alert.transitions': {
    kind: 'counter',
    unit: '{transition}',
    doc: 'Changes of state of alerts made by this collector.',
    labels: { to: ['inactive', 'pending', 'firing', 'recovering', 'resolved'] },
  },
  'tidemark.delivery.attempts': {
    kind: 'counter',
    unit: '{attempt}',
    doc: 'Attempts to tell a receiver; `given_up`: the last of them failed too.',
    labels: { channel: CHANNELS, outcome: ['sent', 'retry', 'refused', 'given_up'] },
  },
  'tidemark.delivery.duration': {
    kind: 'histogram',
    unit: 's',
    doc: 'Requests to receivers.',
    labels: { channel: CHANNELS },
    buckets: SECONDS,
  },
  'tidemark.delivery.delay': {
    kind: 'histogram',
    unit: 's',
    doc: 'From the change of an alert to the moment a receiver was told.',
    labels: { channel: CHANNELS },
    buckets: LONG_SECONDS,
  },
  'tidemark.outbox.depth': { kind: 'gauge', unit: '{delivery}', doc: 'Deliveries that are still to be made.' },
  'tidemark.outbox.age': { kind: 'gauge', unit: 's', doc: 'Age of the oldest of them; 0 = there is none.' },
  'tidemark.budget.used': {
    kind: 'gauge',
    unit: '1',
    doc: 'Share of a budget in use where it is used most: the series of a model version, the versions of a model. At 1, more are merged or refused.',
    labels: { budget: ['series', 'versions'] },
  },
  'tidemark.upkeep.duration': {
    kind: 'histogram',
    unit: 's',
    doc: 'Runs of the store’s upkeep.',
    labels: { task: TASKS, outcome: ['done', 'failed'] },
    buckets: LONG_SECONDS,
  },
  'tidemark.upkeep.rows': {
    kind: 'counter',
    unit: '{row}',
    doc: 'Rows that `retention` deleted, or hours and days of model versions that `rollup` made.',
    labels: { task: TASKS },
  },
  'tidemark.upkeep.leading': {
    kind: 'gauge',
    unit: '{collector}',
    doc: 'Whether this collector does the upkeep: 1 for one of all that share a database, 0 for the others.',
  },
  'http.server.request.duration': {
    kind: 'histogram',
    unit: 's',
    doc: 'Requests to the HTTP side; `http_route` is empty where there is no such route.',
    labels: {
      'http.request.method': OF_PROGRAM,
      'http.route': OF_PROGRAM,
      'http.response.status_code': OF_PROGRAM,
    },
    buckets: SECONDS,
  },
  'process.cpu.time': {
    kind: 'observed-counter',
    unit: 's',
    doc: 'CPU time of the process, the embedded store included.',
    labels: { 'cpu.mode': ['user', 'system'] },
  },
  'process.memory.usage': { kind: 'gauge', unit: 'By', doc: 'Resident memory, the embedded store included.' },
  'process.uptime': { kind: 'gauge', unit: 's', doc: 'Time since the process began.' },
  'v8js.memory.heap.used': { kind: 'gauge', unit: 'By', doc: 'Heap of the main thread in use.' },
  'nodejs.eventloop.delay.p99': {
    kind: 'gauge',
    unit: 's',
    doc: 'Delay of the event loop, 99th percentile of the last 10 s.',
  },
  'nodejs.eventloop.delay.max': { kind: 'gauge', unit: 's', doc: 'Delay of the event loop, longest of the last 10 s.' },
  'nodejs.eventloop.utilization': {
    kind: 'gauge',
    unit: '1',
    doc: 'Share of the last 10 s in which the event loop was busy.',
  },
  'tidemark.build.info': {
    kind: 'gauge',
    unit: '{build}',
    doc: 'Always 1; what runs.',
    labels: { version: OF_PROGRAM, nodejs: OF_PROGRAM, store: ['postgres', 'embedded'] },
  },
} as const satisfies Record<string, Instrument>;

export type InstrumentName = keyof typeof INSTRUMENTS;

/** Names of the instruments of some kinds. */
export type NameOf<K extends InstrumentKind> = {
  [N in InstrumentName]: (typeof INSTRUMENTS)[N]['kind'] extends K ? N : never;
}[InstrumentName];

/** What the labels of an instrument may say; `{}` where it has none. */
export type LabelsOf<N extends InstrumentName> = (typeof INSTRUMENTS)[N] extends { readonly labels: infer L }
  ? { readonly [K in keyof L]: L[K] extends readonly (infer V)[] ? V : never }
  : Readonly<Record<never, string>>;
