import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { budgetOf } from '../../loadtest/bench/budget.ts';
import { findings } from '../../loadtest/bench/ingest/findings.ts';
import type { ReadSpeed, StoredSize, StoreSpeed } from '../../loadtest/bench/ingest/measured.ts';
import { report } from '../../loadtest/bench/ingest/report.ts';

const flat = (median: number) => ({ median, low: median, high: median });

function speed(store: StoreSpeed['store'], perSecond: number, raw: number): StoreSpeed {
  return {
    store,
    server: '15.1',
    ownRows: flat(perSecond),
    raw: [{ way: 'copy', perCommit: 500, rowsPerSecond: flat(raw) }],
    ofRaw: flat(perSecond / raw),
    sharedRows: flat(3 * perSecond),
    full: { p50Ms: 1, p99Ms: 2 },
    steady: { p50Ms: 1, p99Ms: 2, summariesPerSecond: 10 },
    peakMb: null,
    cpuUsPerSummary: null,
    rawCpuUsPerRow: 12,
    bytesPerSummary: 900,
  };
}

function size(windows: string, inferencesPerSecond: number, timesSmaller: number): StoredSize {
  return {
    store: 'postgres',
    form: 'plain',
    windows,
    inferencesPerSecond,
    bytesPerWindow: 40_000,
    bytesPerMillion: 1e9 / timesSmaller,
    jsonBytesPerMillion: 1e9,
    timesSmaller,
  };
}

const read = (store: StoreSpeed['store'], ms: number): ReadSpeed => ({
  store,
  days: 7,
  wholeDaysMs: flat(1),
  cutMs: flat(ms),
});

describe('what the ingest bench holds against its budget', () => {
  test('is the slowest server, and the embedded database by itself', () => {
    const speeds = [
      speed('pglite', 4_000, 10_000),
      speed('postgres', 20_000, 30_000),
      speed('timescale', 15_000, 50_000),
    ];
    const found = findings({ speeds, sizes: [], reads: [], missing: [] });
    assert.deepEqual(found.get('I1-embedded'), { value: 0.4, where: 'pglite' });
    assert.deepEqual(found.get('I1-postgres'), { value: 0.3, where: 'timescale' });
    assert.deepEqual(found.get('I2-postgres'), { value: 15_000, where: 'timescale' });
    assert.equal(found.has('I3-hours'), false, 'nothing is said of what was not measured');
  });

  test('is the size at the rates that the lines name', () => {
    const sizes = [size('1 m', 10, 20), size('1 m', 1_000, 900), size('1 m', 1_000, 800), size('1 h', 10, 500)];
    const found = findings({
      speeds: [speed('pglite', 1, 2), speed('postgres', 1, 2)],
      sizes,
      reads: [read('pglite', 4), read('postgres', 9)],
      missing: [],
    });
    assert.deepEqual(found.get('I3-minutes'), { value: 800, where: 'postgres, plain' });
    assert.equal(found.get('I3-hours')?.value, 500);
    assert.deepEqual(found.get('I4'), { value: 9, where: 'postgres' });
    assert.deepEqual(new Set(found.keys()), new Set(budgetOf('ingest').map(({ id }) => id)));
  });

  test('is told to people with a dash for what the system does not say, and with what is missing', () => {
    const text = report(
      { speeds: [speed('pglite', 4_000, 10_000)], sizes: [], reads: [], missing: ['postgres: is not there'] },
      [],
    );
    assert.match(text, /^pglite +10 .* - +- +12\.0 +900$/m);
    assert.match(text, /not measured: postgres: is not there/);
  });
});
