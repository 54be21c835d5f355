import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type KeptResult, withComparison } from '../../loadtest/bench/sketch/readme-table.ts';

const flat = (median: number) => ({ median, low: median, high: median });
const tails = { '0.001': 0, '0.01': 0, '0.99': 0, '0.999': 0 };

const kept: KeptResult = {
  date: '2026-01-02',
  machine: { cpu: 'Some CPU', cores: 2, platform: 'linux x64', node: '24.0.0', v8: '13.6' },
  streams: [
    {
      stream: 'normal',
      traits: ['core'],
      n: 100_000,
      leftOut: { hdr: 'takes no negative values' },
      nsPerAdd: { tidemark: flat(14.26) },
      timesOurs: { tidemark: flat(1), tdigest: flat(18.04) },
      overRaw: flat(12),
      overNormal: flat(1),
      accuracy: { tidemark: { ks: 0.0013, tails, bytes: 1234, windowBytes: 900 } },
      mergeUs: {},
      mergeTimesOurs: {},
    },
  ],
};

const PAGE = 'before\n<!-- bench:sketch -->\nold\n<!-- /bench:sketch -->\nafter\n';

test('the tables take the place of what was between the markers, and of nothing else', () => {
  const text = withComparison(PAGE, kept);
  assert.ok(text.startsWith('before\n<!-- bench:sketch -->\n\nMeasured 2026-01-02 on Some CPU (2 cores), Node 24.0.0'));
  assert.ok(text.endsWith('\n\n<!-- /bench:sketch -->\nafter\n'));
  assert.ok(!text.includes('old'));
  assert.match(text, /^\| normal +\| +14\.3 \| +18\.0 x \|/m);
  assert.match(text, /^\| normal +\| +100000 \| +0\.13 \| +- \|/m);
  assert.equal(withComparison(text, kept), text);
});

test('a page without the markers is refused', () => {
  assert.throws(() => withComparison('nothing here', kept), /sketch\/README.md needs the lines <!-- bench:sketch -->/);
});
