import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { LOSS_REASONS as AGENT_REASONS } from '../../../agent/src/losses.ts';
import { INSTRUMENTS, type Instrument, OF_PROGRAM } from '../../../collector/src/telemetry/instruments.ts';
import { LOSS_REASONS, toLossReason } from '../../../collector/src/telemetry/loss-reasons.ts';
import { prometheusName } from '../../../collector/src/telemetry/prometheus-name.ts';

const ALL = Object.entries<Instrument>(INSTRUMENTS);

describe('every instrument', () => {
  test('has a name in dots and small letters, a unit of UCUM and a sentence', () => {
    for (const [name, { unit, doc }] of ALL) {
      assert.match(name, /^[a-z][a-z0-9]*(\.[a-z][a-z0-9_]*)+$/);
      assert.match(unit, /^(s|By|1|\{[a-z]+\})$/, name);
      assert.match(doc, /^[A-Z].*\.$/, name);
    }
  });

  test('is told from the others by its name in Prometheus', () => {
    const names = ALL.map(([name, { unit, kind }]) => prometheusName(name, unit, kind));
    assert.equal(new Set(names).size, ALL.length);
    for (const name of names) assert.match(name, /^[a-z][a-z0-9_]*$/);
  });

  test('has labels whose values are listed, or set by the program', () => {
    const open = ['check', 'http.request.method', 'http.route', 'http.response.status_code', 'version', 'nodejs'];
    for (const [name, { labels = {} }] of ALL) {
      for (const [label, values] of Object.entries(labels)) {
        assert.equal(values === OF_PROGRAM, open.includes(label), `${name} ${label}`);
        assert.ok(values.length <= 30, `${name} ${label}`);
      }
    }
  });

  test('has ascending buckets if it is a histogram, and none if not', () => {
    for (const [name, { kind, buckets }] of ALL) {
      assert.equal(buckets !== undefined, kind === 'histogram', name);
      assert.deepEqual(
        buckets?.toSorted((a, b) => a - b),
        buckets,
        name,
      );
    }
  });
});

describe('reasons for losses', () => {
  test('are those of the agent, and one for all others', () => {
    assert.deepEqual([...LOSS_REASONS].sort(), [...Object.keys(AGENT_REASONS), 'other'].sort());
  });

  test('that nobody knows are one', () => {
    assert.equal(toLossReason('queue-full'), 'queue-full');
    for (const reason of ['', 'customer=4711', '__proto__', 'constructor']) assert.equal(toLossReason(reason), 'other');
  });
});
