import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { Engine } from '../../../collector/src/alerting/engine.ts';
import { wallClock } from '../../../collector/src/clock.ts';
import { AlertTable } from '../../../collector/src/store/alerts.ts';
import { StoreJudgingSource } from '../../../collector/src/store/judging-source.ts';
import { HOUR, PROJECT, T0 } from '../../support/batches.ts';
import { createTestStore } from '../../support/database.ts';
import { createFeed, HOURS, RULES, rulesOf, seedBaseline, simulatedHours } from '../alerting/simulated-history.ts';
import { tidemarkHere } from './in-process.ts';
import { folderWith, settingsFor } from './program.ts';

describe('tidemark rules replay', () => {
  test('shows what would have fired beside what did, and refuses what there is not', async (t) => {
    const store = await createTestStore();
    t.after(() => store.remove());
    const database = await store.open();
    await seedBaseline(database);
    await (await createFeed(database))(simulatedHours());
    const engine = new Engine({
      rules: rulesOf(RULES),
      source: new StoreJudgingSource(database, PROJECT),
      store: new AlertTable(database, PROJECT, wallClock),
      publicUrl: null,
      onTick: () => undefined,
    });
    await engine.judgeUntil(T0 + HOUR + 60_000, () => false);
    await engine.judgeUntil(T0 + HOURS * HOUR + 60_000, () => false);
    await database.close();
    const folder = await folderWith(t, {
      'same.yaml': RULES,
      'loose.yaml': RULES.replace('"> 0.5"', '"> 50"'),
    });
    const settings = { ...settingsFor(store), TIDEMARK_TIME: 'data' };
    const run = (...args: string[]) => tidemarkHere(['rules', 'replay', ...args], settings, folder);

    const same = await run('same.yaml', '--json', '--since', '72h');
    assert.deepEqual([same.code, same.stderr], [0, '']);
    const { ticks, alerts } = JSON.parse(same.stdout) as { ticks: number; alerts: { would: unknown; did: unknown }[] };
    assert.equal(ticks, 72 + 36);
    assert.ok(alerts.length > 5);
    for (const { would, did } of alerts) assert.deepEqual(would, did);

    const loose = await run('loose.yaml', '--rule', 'Drift', '--model', 'm', '--since', '2001-01-01');
    assert.equal(loose.code, 0, loose.stderr);
    assert.match(
      loose.stdout,
      /^2001-01-01T00:00:00Z \.\. 2001-01-04T00:00:00Z: 72 ticks, \d+ findings: would have fired 0 times, did [1-9]\d* times\n/,
    );
    assert.match(
      loose.stdout,
      /\nDrift field=c model=m severity=warning stage=feature version=1\n {2}did {4}2001-01-01T/,
    );

    const tuned = await tidemarkHere(
      ['rules', 'tune', 'same.yaml', '--rule', 'Drift', '--since', '72h', '--at-most', '9/month', '--svg', 'curve.svg'],
      settings,
      folder,
    );
    assert.equal(tuned.code, 0, tuned.stderr);
    assert.match(tuned.stdout, /^Drift: 4 series at 72 ticks, 2001-01-01T00:00:00Z \.\. 2001-01-04T00:00:00Z\n/);
    assert.match(tuned.stdout, /\nnow: fire > 0\.5, 6 alarms\ntake fire: /);
    assert.match(await readFile(join(folder, 'curve.svg'), 'utf8'), /^<svg /);

    const wrongRule = await run('same.yaml', '--rule', 'Drfit');
    assert.equal(wrongRule.code, 2);
    assert.match(wrongRule.stderr, /no rule Drfit \(did you mean 'Drift'\?\)/);
  });
});
