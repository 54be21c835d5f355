import assert from 'node:assert/strict';
import { test } from 'node:test';
import { liveVersions } from '../../../collector/src/rules/live-versions.ts';
import type { VersionInfo } from '../../../collector/src/rules/source.ts';

const version = (id: number, firstSeen: number, lastSeen: number): VersionInfo => ({
  id,
  model: 'm',
  version: `v${id}`,
  firstSeen,
  lastSeen,
});
const names = (versions: readonly VersionInfo[]): string[] => versions.map((one) => one.version);

test('latest is the newest version that serves, and after a roll-back the old one again', () => {
  const one = version(1, 0, 1000);
  const two = version(2, 300, 500);
  const latest = (tick: number): string[] => names(liveVersions([one, two], { kind: 'latest' }, tick, 60));
  assert.deepEqual(latest(0), []);
  assert.deepEqual(latest(300), ['v1'], 'what starts at the tick is not seen yet');
  assert.deepEqual(latest(360), ['v2']);
  assert.deepEqual(latest(559), ['v2'], 'within one window of its last sign');
  assert.deepEqual(latest(560), ['v1']);
});

test('all takes those that serve, and a version that stopped while others went on is out', () => {
  const versions = [version(1, 0, 400), version(2, 300, 900), version(3, 310, 880)];
  assert.deepEqual(names(liveVersions(versions, { kind: 'all' }, 420, 60)), ['v3', 'v2', 'v1']);
  assert.deepEqual(names(liveVersions(versions, { kind: 'all' }, 600, 60)), ['v3', 'v2']);
});

test('when all traffic pauses, those that served until then stay', () => {
  const versions = [version(1, 0, 100), version(2, 300, 900), version(3, 310, 880)];
  assert.deepEqual(names(liveVersions(versions, { kind: 'all' }, 99_999, 60)), ['v3', 'v2']);
  assert.deepEqual(names(liveVersions(versions, { kind: 'latest' }, 99_999, 60)), ['v3']);
});

test('a named version is judged whenever it was seen', () => {
  const versions = [version(1, 0, 100), version(2, 300, 900)];
  assert.deepEqual(names(liveVersions(versions, { kind: 'named', version: 'v1' }, 5000, 60)), ['v1']);
  assert.deepEqual(names(liveVersions(versions, { kind: 'named', version: 'v9' }, 5000, 60)), []);
});
