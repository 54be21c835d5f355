import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { INSTRUMENTS, type Instrument } from '../../collector/src/telemetry/instruments.ts';
import { prometheusName } from '../../collector/src/telemetry/prometheus-name.ts';
import { missing, promtool } from '../support/prometheus-tools.ts';

const file = (name: string) => fileURLToPath(new URL(`../../alerts/${name}`, import.meta.url));

describe('the alerts for Prometheus', () => {
  test('are rules', { skip: missing('promtool') }, () => {
    const { status, stderr } = promtool(['check', 'rules', file('prometheus.yaml')]);
    assert.equal(status, 0, stderr);
  });

  test('fire when they should, and not when all is well', { skip: missing('promtool') }, () => {
    const { status, stdout, stderr } = promtool(['test', 'rules', file('tests/prometheus.test.yaml')]);
    assert.equal(status, 0, `${stdout}${stderr}`);
  });

  test('go by metrics that the collector has', async () => {
    const text = await readFile(file('prometheus.yaml'), 'utf8');
    const expressions = [...text.matchAll(/expr: (?:>\n)?([\s\S]*?)\n {8}(?:for|labels):/g)].map(([, expr]) => expr);
    assert.equal(expressions.length, text.match(/- alert:/g)?.length);
    const known = new Set(
      Object.entries<Instrument>(INSTRUMENTS).map(([name, { unit, kind }]) => prometheusName(name, unit, kind)),
    );
    const named = expressions.flatMap((expr) => expr?.match(/tidemark_[a-z_]+/g) ?? []);
    assert.ok(named.length >= expressions.length);
    for (const name of named) assert.ok(known.has(name), name);
  });
});
