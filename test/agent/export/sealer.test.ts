import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromBinary } from '@bufbuild/protobuf';
import { BatchSchema, decodeSummary, LIMITS } from '@tidemark/proto';
import { Extras } from '../../../agent/src/export/extras.ts';
import { DeltaQueue } from '../../../agent/src/export/queue.ts';
import { Sealer } from '../../../agent/src/export/sealer.ts';
import { Losses } from '../../../agent/src/losses.ts';
import { readModel } from '../../../agent/src/model-options.ts';
import { ModelVersion } from '../../../agent/src/record/model-version.ts';
import { WindowRecord } from '../../../agent/src/window/window-record.ts';
import { sealerOptions } from '../make-agent.ts';

function setUp() {
  const losses = new Losses<ModelVersion>();
  const queue = new DeltaQueue<WindowRecord<ModelVersion>>();
  const extras = new Extras(1_000_000, (kind, owner) => losses.add(owner as ModelVersion, `${kind}-budget`));
  const sealer = new Sealer<WindowRecord<ModelVersion>>({ queue, extras, losses }, sealerOptions());
  const version = new ModelVersion(readModel({ name: 'm', version: '1' }), losses);
  const add = (startMs: number, fields: number, values: (field: number) => Iterable<unknown>, rows: number) => {
    const record = new WindowRecord<ModelVersion>(version, startMs, 60_000);
    for (let i = 0; i < fields; i++) {
      const series = version.find('feature', `f${i}`);
      assert.ok(typeof series !== 'string');
      for (const value of values(i)) {
        version.determine(series, typeof value === 'string' ? 'category' : 'number');
        record.summary(series).add(value);
      }
    }
    record.rows = rows;
    record.errors = 1;
    record.settle();
    queue.push(record, startMs);
  };
  const all = () => {
    const batches = [];
    for (
      let next = sealer.next(Number.POSITIVE_INFINITY);
      next !== undefined;
      next = sealer.next(Number.POSITIVE_INFINITY)
    ) {
      batches.push({ ...next, message: fromBinary(BatchSchema, next.bytes) });
    }
    return batches;
  };
  return { losses, extras, sealer, version, add, all };
}

describe('sealed batches', () => {
  it('hold at most 512 summaries, and every window once', () => {
    const { add, all } = setUp();
    for (let minute = 0; minute < 10; minute++) add(minute * 60_000, 100, () => [minute], 3);
    const batches = all();
    assert.deepEqual(
      batches.map(({ message }) => message.windows.length),
      [5, 5],
    );
    assert.deepEqual(
      batches.map(({ sequence }) => sequence),
      [1n, 2n],
    );
    assert.deepEqual(
      batches.flatMap(({ message }) => message.windows.map(({ startUnixMs }) => Number(startUnixMs) / 60_000)),
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    );
  });

  it('split a window that is too large, with its rows and errors only in the first part', () => {
    const { add, all } = setUp();
    // 200 series of 256 keys of 60 bytes are far above 512 KiB.
    add(0, 200, (field) => Array.from({ length: 256 }, (_, i) => `${field}-${i}-`.padEnd(60, 'x')), 256);
    const batches = all();
    assert.ok(batches.length > 1);
    for (const { bytes } of batches) assert.ok(bytes.length <= LIMITS.targetBytes + 64 * 1024, `${bytes.length} bytes`);
    const windows = batches.flatMap(({ message }) => message.windows);
    assert.deepEqual(
      windows.map(({ rows, errors }) => [rows, errors]),
      windows.map((_, i) => (i === 0 ? [256n, 1n] : [0n, 0n])),
    );
    const fields = windows.flatMap(({ summaries }) => summaries.map((summary) => decodeSummary(summary).field));
    assert.equal(new Set(fields).size, 200);
    assert.equal(fields.length, 200);
  });

  it('describe a version once, until told to forget', () => {
    const { add, all, sealer } = setUp();
    add(0, 1, () => [1], 1);
    assert.deepEqual(
      all().map(({ described }) => described.length > 0),
      [true],
    );
    add(0, 1, () => [1], 1);
    assert.deepEqual(
      all().map(({ described }) => described.length > 0),
      [false],
    );
    sealer.forgetDescribed();
    add(0, 1, () => [1], 1);
    assert.deepEqual(
      all().map(({ message }) => message.modelVersions[0]?.model),
      ['m'],
    );
  });

  it('take losses along, with the version they belong to', () => {
    const { losses, version, all } = setUp();
    losses.add(version, 'refused', 4);
    const [batch, ...more] = all();
    assert.deepEqual(
      batch?.message.losses.map(({ reason, count }) => [reason, count]),
      [['refused', 4n]],
    );
    assert.deepEqual([batch?.message.modelVersions.length, batch?.message.sealedAtUnixMs, more.length], [1, 7n, 0]);
  });
});
