import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { HistoryEvent } from '../../../collector/src/alerting/history.ts';
import { createBaseline } from '../../../collector/src/baseline/create.ts';
import { Ingest } from '../../../collector/src/ingest/ingest.ts';
import { loadRules } from '../../../collector/src/rules/load.ts';
import type { RuleSet } from '../../../collector/src/rules/rule-set.ts';
import { registerCollector } from '../../../collector/src/store/batches.ts';
import type { Database } from '../../../collector/src/store/database.ts';
import { createIngestStore } from '../../../collector/src/store/ingest-transaction.ts';
import { ensureVersion } from '../../../collector/src/store/models.ts';
import { insertBaseline } from '../../../collector/src/store/write-baseline.ts';
import { HOUR, makeBatch, newSource, PROJECT, received, T0, type TestWindow } from '../../support/batches.ts';
import { seededRandom } from '../../support/random.ts';

/** Two groups of different pace, over spans of one and of several windows, with every policy that keeps time. */
export const RULES = `
version: 1
groups:
  - name: hourly
    interval: 1h
    rules:
      - alert: Drift
        drift: { model: m, fields: ["*"], method: psi, window: 3h, baseline: { kind: reference, name: ref }, min_samples: 100 }
        fire: "> 0.5"
        clear: "< 0.2"
        for: 2h
        keep_firing_for: 2h
      - alert: Missing
        schema: { model: m, measure: null_share, window: 1h, min_samples: 10 }
        fire: "> 0.4"
        no_data: nodata
        no_data_for: 2h
      - alert: Quiet
        silence: { model: "*", measure: rows_ratio, window: 1h, baseline: { kind: trailing, duration: 6h } }
        fire: "< 0.5"
  - name: slow
    interval: 2h
    rules:
      - alert: Apart
        drift: { model: m, fields: [x], method: ks, window: 2h, baseline: { kind: reference, name: ref }, min_samples: 50 }
        fire: "> 0.5"
receivers:
  - name: chat
    slack: { url: https://hooks.slack.com/services/x }
route: { receiver: chat }
`;

/** With a rule that asks what chance does, which takes its time. */
export const RULES_WITH_BUDGET = RULES.replace(
  '      - alert: Missing\n',
  `      - alert: BeyondChance
        drift: { model: m, fields: ["*"], method: psi, window: 1h, baseline: { kind: reference, name: ref }, min_samples: 100 }
        fire: { effect: "> 0.1", at_most: 1/month, importance: { x: 2 } }
$&`,
);

export const HOURS = 72;

export function rulesOf(text: string): RuleSet {
  const loaded = loadRules(text, 'rules.yaml');
  assert.ok(loaded.ok, JSON.stringify(loaded));
  return loaded.rules;
}

/** Three days of hours: shifts, gaps, missing values, a field that appears on the second day and a version that takes over on the third. */
export function simulatedHours(): TestWindow[] {
  const random = seededRandom(7);
  const windows: TestWindow[] = [];
  for (let hour = 0; hour < HOURS; hour++) {
    if ((hour >= 20 && hour <= 22) || hour === 55) continue;
    const shifted = hour % 24 >= 8 && hour % 24 < 8 + 3 * (1 + Math.floor(hour / 24));
    const numbers = Array.from({ length: hour === 40 ? 20 : 150 }, () => random() + random() + (shifted ? 2 : 0));
    const missing = hour >= 30 && hour < 35;
    const y = numbers.map((value, i) => (missing && i % 2 === 0 ? null : value * 3));
    windows.push({
      version: hour < 48 ? '1' : '2',
      start: T0 + hour * HOUR,
      series: [
        { field: 'x', values: numbers },
        { field: 'c', kind: 'category', values: numbers.map((value) => (value > 2 ? 'new' : value > 1 ? 'b' : 'a')) },
        ...(hour < 24 ? [] : [{ field: 'y', values: y }]),
      ],
    });
  }
  return windows;
}

export async function seedBaseline(database: Database): Promise<void> {
  const versionId = await ensureVersion(database, PROJECT, 'm', '1');
  const random = seededRandom(8);
  const values = Array.from({ length: 3000 }, () => random() + random());
  async function* chunks() {
    yield { column: 'x', firstRow: 0, values };
    yield { column: 'c', firstRow: 0, values: values.map((value) => (value > 1 ? 'b' : 'a')) };
  }
  const { series, rows } = await createBaseline({ path: 'memory', columns: ['x', 'c'], chunks });
  await insertBaseline(database, { versionId, name: 'ref', source: 'memory', rows, series: series.values() });
}

/** Takes windows in one after the other, as one agent sends them. */
export async function createFeed(database: Database): Promise<(windows: readonly TestWindow[]) => Promise<void>> {
  const part = await registerCollector(database, randomUUID(), 't');
  const ingest = new Ingest(createIngestStore(database, part), () => undefined);
  const source = newSource();
  let sequence = 0;
  return async (windows) => {
    sequence += 1;
    const outcome = await ingest.take(received(makeBatch(source, sequence, windows)));
    assert.deepEqual(outcome, { kind: 'accepted', refusals: [] });
  };
}

/** A history as text in one form only: keys of objects sorted, each change a line, groups apart as they are judged apart. */
export function historyText(events: readonly HistoryEvent[]): string {
  const lines = events.map((event) => JSON.stringify(sorted(event)));
  return lines.join('\n');
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}
