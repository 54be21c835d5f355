import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { IdleWindows } from '../../../agent/src/window/idle-windows.ts';
import { type WindowOwner, WindowRecord } from '../../../agent/src/window/window-record.ts';

const MINUTE = 60_000;
const owner = (version: string): WindowOwner => ({ model: 'm', version, series: [] });
const times = (windows: readonly WindowRecord[]) =>
  windows.map(({ owner: { version }, startMs }) => [version, startMs]);

describe('windows in which nothing was served', () => {
  it('are told once each, when they are over, of versions that served before', () => {
    const idle = new IdleWindows(MINUTE);
    const [one, other] = [owner('1'), owner('2')];
    assert.deepEqual(idle.take(10 * MINUTE), [], 'nothing served, nothing to tell');
    idle.note(new WindowRecord(one, 10 * MINUTE, MINUTE), 10 * MINUTE + 5);
    idle.note(new WindowRecord(other, 10 * MINUTE, MINUTE), 10 * MINUTE + 5);
    assert.deepEqual(idle.take(10 * MINUTE + 59_999), []);
    assert.deepEqual(idle.take(11 * MINUTE), [], 'something was served in the one that is over');
    idle.note(new WindowRecord(other, 11 * MINUTE, MINUTE), 11 * MINUTE + 1);
    const told = idle.take(12 * MINUTE);
    assert.deepEqual(times(told), [['1', 11 * MINUTE]]);
    assert.deepEqual([told[0]!.rows, [...told[0]!.entries()], told[0]!.widthMs], [0, [], MINUTE]);
    assert.deepEqual(idle.take(12 * MINUTE + 30_000), []);
    assert.deepEqual(times(idle.take(13 * MINUTE)), [
      ['1', 12 * MINUTE],
      ['2', 12 * MINUTE],
    ]);
  });

  it('are not told of a time in which the process stood still', () => {
    const idle = new IdleWindows(MINUTE);
    idle.note(new WindowRecord(owner('1'), 0, MINUTE), 10);
    assert.deepEqual(times(idle.take(600 * MINUTE + 1)), [['1', 599 * MINUTE]]);
    assert.deepEqual(times(idle.take(601 * MINUTE)), [['1', 600 * MINUTE]]);
  });

  it('are not told of a version that is fed old times, or times to come', () => {
    const idle = new IdleWindows(MINUTE);
    const [old, early] = [owner('1'), owner('2')];
    idle.note(new WindowRecord(old, 0, MINUTE), 600 * MINUTE);
    idle.note(new WindowRecord(early, 900 * MINUTE, MINUTE), 600 * MINUTE);
    assert.deepEqual(idle.take(602 * MINUTE), []);
    // A value that comes late to a version that serves says nothing else.
    idle.note(new WindowRecord(old, 602 * MINUTE, MINUTE), 602 * MINUTE);
    idle.note(new WindowRecord(old, 1 * MINUTE, MINUTE), 602 * MINUTE);
    assert.deepEqual(times(idle.take(604 * MINUTE)), [['1', 603 * MINUTE]]);
  });
});
