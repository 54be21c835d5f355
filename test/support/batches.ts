import { randomBytes } from 'node:crypto';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { type Batch, BatchSchema, encodeSummary, type SeriesName, WindowSchema } from '@tidemark/proto';
import { type SeriesKind, Summary } from '@tidemark/sketch';
import type { ValidBatch } from '../../collector/src/ingest/batch.ts';
import { validate } from '../../collector/src/ingest/validate.ts';
import type { Bounds } from '../../collector/src/kept-for.ts';

export const HOUR = 3_600_000;
/** A quiet Monday, on the hour. */
export const T0 = Date.UTC(2001, 0, 1);
/** Number of the project that every store has. */
export const PROJECT = 1;
export const ANY_TIME = { oldest: oneBound(0), newest: Date.UTC(2100, 0, 1) };

/** One bound (ms) for everything that has a retention. */
export function oneBound(oldest: number): Bounds {
  return { minutes: oldest, hours: oldest, days: oldest, events: oldest };
}

/** A series of one window: its name and values. */
export type TestSeries = Partial<SeriesName> & { readonly kind?: SeriesKind; readonly values: readonly unknown[] };

export type TestWindow = {
  readonly model?: string;
  readonly version?: string;
  readonly start?: number;
  readonly widthMs?: number;
  readonly rows?: number;
  readonly errors?: number;
  readonly series?: readonly TestSeries[];
};

export function newSource(): Uint8Array {
  return randomBytes(16);
}

/** A batch as an agent sends it, describing the versions of its windows. */
export function makeBatch(source: Uint8Array, sequence: number, windows: readonly TestWindow[]): Batch {
  const versions = new Map(
    windows.map(({ model = 'm', version = '1' }) => [`${model}/${version}`, { model, version }]),
  );
  return create(BatchSchema, {
    sourceId: source,
    sequence: BigInt(sequence),
    modelVersions: [...versions.values()],
    agent: { service: 'test', host: 'localhost', pid: 1, agentVersion: '0' },
    windows: windows.map((window) => makeWindow(window)),
  });
}

/** The batch after its way over the wire and its checks. */
export function received(batch: Batch, projectId = PROJECT): ValidBatch {
  return validate(fromBinary(BatchSchema, toBinary(BatchSchema, batch)), ANY_TIME, projectId);
}

function makeWindow({
  model = 'm',
  version = '1',
  start = T0,
  widthMs = HOUR,
  rows,
  errors = 0,
  series = [],
}: TestWindow) {
  const most = series.reduce((count, { values }) => Math.max(count, values.length), 0);
  return create(WindowSchema, {
    model,
    version,
    startUnixMs: BigInt(start),
    widthMs,
    rows: BigInt(rows ?? most),
    errors: BigInt(errors),
    summaries: series.map(({ stage = 'feature', field = 'x', slice = '', kind = 'number', values }) => {
      const summary = new Summary(kind);
      for (const value of values) summary.add(value);
      return encodeSummary({ stage, field, slice }, summary);
    }),
  });
}
