import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { findings, worstOfAll } from '../../loadtest/bench/sketch/findings.ts';
import type { Accuracy, Measured, StreamResult } from '../../loadtest/bench/sketch/measured.ts';

const flat = (median: number) => ({ median, low: median, high: median });

function accuracy(ks: number, bytes: number, tail = 0): Accuracy {
  return { ks, bytes, windowBytes: bytes / 2, tails: { '0.001': tail, '0.01': 0, '0.99': 0, '0.999': 0 } };
}

function result(stream: string, traits: StreamResult['traits'], npm: number, ks: number): StreamResult {
  return {
    stream,
    traits,
    n: 1000,
    leftOut: {},
    nsPerAdd: {},
    timesOurs: { tdigest: flat(npm), ddsketch: flat(npm / 10) },
    overRaw: flat(npm / 2),
    overNormal: flat(npm / 4),
    accuracy: { tidemark: accuracy(ks, 1000, ks), tdigest: accuracy(0.1, 9000) },
    mergeUs: {},
    mergeTimesOurs: { tdigest: flat(npm * 5) },
  };
}

const measured: Measured = {
  streams: [
    result('normal', ['core', 'continuous'], 18, 0.001),
    result('uniform', ['core', 'continuous'], 16, 0.002),
    result('sorted', ['core'], 4, 0.0),
    result('gaps', ['gaps'], 2, 0.0125),
    result('sawtooth', ['hostile'], 12, 0.001),
  ],
  windows: [
    { stream: 'normal', size: 50, ks: { tidemark: 0.00375 } },
    { stream: 'gaps', size: 50, ks: { tidemark: 0.02 } },
  ],
  merges: [{ stream: 'normal', size: 500, ks: { tidemark: 0.0025, tdigest: 0.5 } }],
  notes: [],
};
const found = findings(measured);

describe('what is held against the budget', () => {
  test('is the worst of the streams that the gate is about', () => {
    assert.deepEqual(found.get('S1'), { where: 'uniform', value: 16 });
    assert.deepEqual(found.get('S2-sorted'), { where: 'sorted', value: 4 });
    assert.deepEqual(found.get('S4'), { where: 'gaps', value: 0.2 });
    assert.deepEqual(found.get('S5'), { where: 'sawtooth', value: 3 });
    assert.deepEqual(found.get('S8'), { where: 'uniform', value: 80 });
    assert.deepEqual(found.get('S9'), { where: 'normal', value: 9 });
  });

  test('is the median over the core streams for the floor', () => {
    assert.deepEqual(found.get('S3'), { value: 8 });
  });

  test('is in percent for errors, streams with far gaps apart', () => {
    assert.deepEqual(found.get('S6-streams'), { where: 'uniform', value: 0.2 });
    assert.deepEqual(found.get('S6-windows'), { where: 'normal, a window of 50', value: 0.375 });
    assert.deepEqual(found.get('S6-merges'), { where: 'normal, merges of 500', value: 0.25 });
    assert.deepEqual(found.get('S6-gaps'), { where: 'gaps, a window of 50', value: 2 });
    assert.deepEqual(found.get('S7-0.1'), { where: 'uniform', value: 0.2 });
  });

  test('is a mean for bytes', () => {
    assert.deepEqual([found.get('B1'), found.get('B2')], [{ value: 500 }, { value: 1000 }]);
  });

  test('is missing where none of the streams was measured', () => {
    assert.equal(found.has('S2-constant'), false);
  });

  test('is no number when one of the streams has none, so that the gate fails', () => {
    const streams = [result('normal', ['continuous'], Number.NaN, 0.001), result('uniform', ['continuous'], 16, 0.001)];
    const { value } = findings({ streams, windows: [], merges: [], notes: [] }).get('S1')!;
    assert.ok(Number.isNaN(value));
  });
});

test('beside the gates the worst of all streams is told', () => {
  const worst = new Map(worstOfAll(measured).map(({ what, finding }) => [what, finding]));
  assert.deepEqual(worst.get('KS error, %'), { where: 'gaps', value: 1.25 });
  assert.deepEqual(worst.get('npm tdigest / ours, ns per add'), { where: 'gaps', value: 2 });
});
