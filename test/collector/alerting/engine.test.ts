import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { Engine } from '../../../collector/src/alerting/engine.ts';
import type { JudgeStore } from '../../../collector/src/alerting/judge-store.ts';
import { createBaseline } from '../../../collector/src/baseline/create.ts';
import { wallClock } from '../../../collector/src/clock.ts';
import { Ingest } from '../../../collector/src/ingest/ingest.ts';
import { loadRules } from '../../../collector/src/rules/load.ts';
import type { RuleSet } from '../../../collector/src/rules/rule-set.ts';
import { AlertTable } from '../../../collector/src/store/alerts.ts';
import { createApiReader } from '../../../collector/src/store/api-reader.ts';
import { registerCollector } from '../../../collector/src/store/batches.ts';
import type { Database } from '../../../collector/src/store/database.ts';
import { createIngestStore } from '../../../collector/src/store/ingest-transaction.ts';
import { StoreJudgingSource } from '../../../collector/src/store/judging-source.ts';
import { ensureVersion } from '../../../collector/src/store/models.ts';
import { insertProject } from '../../../collector/src/store/projects.ts';
import { insertBaseline } from '../../../collector/src/store/write-baseline.ts';
import { HOUR, makeBatch, newSource, PROJECT, received, T0 } from '../../support/batches.ts';
import { withDatabase } from '../../support/database.ts';

const RULES = `
version: 1
groups:
  - name: g
    interval: 1h
    rules:
      - alert: Drift
        drift: { model: m, stage: feature, fields: [x], method: psi, window: 1h, baseline: { kind: reference, name: ref }, min_samples: 100 }
        fire: "> 0.25"
        clear: "< 0.1"
        for: 1h
        labels: { severity: critical }
        annotations: { summary: "{{ $labels.field }} drifted" }
receivers:
  - name: chat
    slack: { url: https://hooks.slack.com/services/x }
  - name: other
    slack: { url: https://hooks.slack.com/services/y }
route: { receiver: chat }
`;

function rulesOf(text: string): RuleSet {
  const loaded = loadRules(text, 'rules.yaml');
  assert.ok(loaded.ok, JSON.stringify(loaded));
  return loaded.rules;
}

/** Uniform in [from, from + 1], the same every time. */
const evenly = (n: number, from: number) => Array.from({ length: n }, (_, i) => from + (i + 0.5) / n);

/** Hours of live data: `good` as in the baseline, `bad` shifted by two. */
async function seed(database: Database, hours: string, project = PROJECT): Promise<void> {
  const versionId = await ensureVersion(database, project, 'm', '1');
  const chunk = { column: 'x', firstRow: 0, values: evenly(2000, 0) };
  async function* chunks() {
    yield chunk;
  }
  const { series, rows } = await createBaseline({ path: 'memory', columns: ['x'], chunks });
  await insertBaseline(database, { versionId, name: 'ref', source: 'memory', rows, series: series.values() });
  const ingest = new Ingest(
    createIngestStore(database, await registerCollector(database, randomUUID(), 't')),
    () => undefined,
  );
  const windows = [...hours].map((hour, i) => ({
    start: T0 + i * HOUR,
    series: [{ values: evenly(200, hour === 'b' ? 2 : 0) }],
  }));
  const outcome = await ingest.take(received(makeBatch(newSource(), 1, windows), project));
  assert.deepEqual(outcome, { kind: 'accepted', refusals: [] });
}

function engineOn(
  database: Database,
  rules: RuleSet,
  wrap = (store: JudgeStore) => store,
  project = { id: PROJECT, labels: {} },
): Engine {
  return new Engine({
    rules,
    labels: project.labels,
    source: new StoreJudgingSource(database, project.id),
    store: wrap(new AlertTable(database, project.id, wallClock)),
    publicUrl: 'http://tidemark.example',
    onTick: () => undefined,
  });
}

const never = () => false;
/** A moment at which the spans of the first `hours` are complete for every rule. */
const after = (hours: number) => T0 + hours * HOUR + 59 * 60_000;

/** What a clock in UTC shows at that hour of the history. */
const clock = (hour: number) => new Date(T0 + hour * HOUR).toISOString().slice(11, 16);

async function history(database: Database): Promise<string[]> {
  const rows = await database.query<{ tick: number; to_state: string; reason: string }>(
    'select tick, to_state, reason from alert_event order by id',
  );
  return rows.map(({ tick, to_state, reason }) => `${(tick - T0) / HOUR}h ${to_state} ${reason}`);
}

async function deliveries(database: Database): Promise<string[]> {
  const rows = await database.query<{ receiver: string; kind: string; episode: number }>(
    'select receiver, kind, episode from delivery order by id',
  );
  return rows.map(({ receiver, kind, episode }) => `${receiver} ${kind} ${episode}`);
}

/** Judges hour by hour, as it happens. */
async function judgeHourly(engine: Engine, from: number, to: number): Promise<void> {
  for (let hour = from; hour <= to; hour++) await engine.judgeUntil(after(hour), never);
}

describe('the engine', () => {
  test('fires after `for`, resolves, and tells each once', () =>
    withDatabase(async (database) => {
      await seed(database, 'ggbbbbggbbgg');
      await judgeHourly(engineOn(database, rulesOf(RULES)), 1, 12);
      assert.deepEqual(await history(database), [
        '3h pending condition_began',
        '4h firing condition_held',
        '7h resolved cleared',
        '8h inactive forgotten',
        '9h pending condition_began',
        '10h firing condition_held',
        '11h resolved cleared',
        '12h inactive forgotten',
      ]);
      assert.deepEqual(await deliveries(database), [
        'chat firing 1',
        'chat resolved 1',
        'chat firing 2',
        'chat resolved 2',
      ]);
    }));

  test('judges each project by itself, and the alerts of all but the first say which', () =>
    withDatabase(async (database) => {
      const other = (await insertProject(database, 'b')) ?? 0;
      await seed(database, 'ggbbbb');
      await seed(database, 'gggggggggbbbb', other);
      await judgeHourly(engineOn(database, rulesOf(RULES)), 1, 13);
      const first = await database.query('select * from alert order by fingerprint');
      await judgeHourly(engineOn(database, rulesOf(RULES), undefined, { id: other, labels: { project: 'b' } }), 1, 13);
      const alerts = await database.query<{ labels: Record<string, string>; state: string }>(
        'select labels, state from alert order by model_version_id',
      );
      assert.deepEqual(
        alerts.map(({ labels }) => labels.project),
        [undefined, 'b'],
      );
      assert.equal(alerts[1]?.state, 'firing');
      assert.deepEqual(await database.query(`select * from alert where not labels ? 'project'`), first);
      const versions = await database.query<{ model_version_id: number }>(
        'select distinct model_version_id from score order by 1',
      );
      assert.equal(versions.length, 2);
    }));

  test('gives the same history when it catches up as when it runs live, and when it restarts at every tick', () =>
    withDatabase(async (database) => {
      await seed(database, 'gbbgbbbbgg');
      await engineOn(database, rulesOf(RULES)).judgeUntil(after(1), never);
      await engineOn(database, rulesOf(RULES)).judgeUntil(after(10), never);
      const atOnce = await history(database);
      const scores = await database.query('select * from score order by tick');
      await database.query('truncate rule_group, score, alert, alert_event, delivery');
      for (let hour = 1; hour <= 10; hour++) await engineOn(database, rulesOf(RULES)).judgeUntil(after(hour), never);
      assert.deepEqual(await history(database), atOnce);
      assert.deepEqual(await database.query('select * from score order by tick'), scores);
      assert.equal(scores.length, 10);
    }));

  test('counts occurrences, pauses and joins alerts the same live, caught up, and restarted at every tick', () =>
    withDatabase(async (database) => {
      // The hours are those after T0, in UTC; of the last judgements of a group one is a composite of the others.
      const text = `
version: 1
defaults: { model: m, window: 1h, baseline: { kind: reference, name: ref }, min_samples: 100 }
groups:
  - name: g
    interval: 1h
    rules:
      - alert: Both
        composite: { all: [Often, Now] }
      - alert: Often
        drift: { fields: ["*"], method: psi }
        fire: "> 0.25"
        occurrences: 2 of 3
        overrides: { x: { labels: { severity: error } } }
      - alert: Now
        drift: { fields: [x], method: psi }
        fire: "> 0.25"
      - alert: ByDay
        drift: { fields: [x], method: psi }
        fire: "> 0.25"
        keep_firing_for: 2h
        active: { hours: "${clock(3)}-${clock(6)}", time_zone: UTC }
`;
      await seed(database, 'gbgbbbgggg');
      await engineOn(database, rulesOf(text)).judgeUntil(after(1), never);
      await engineOn(database, rulesOf(text)).judgeUntil(after(10), never);
      const events = () =>
        database.query<{ tick: number; alertname: string; to_state: string }>(
          'select e.tick, alertname, to_state from alert_event e join alert using (fingerprint) order by e.tick, alertname, to_state',
        );
      const atOnce = await events();
      assert.deepEqual(
        atOnce.map(({ tick, alertname, to_state }) => `${(tick - T0) / HOUR}h ${alertname} ${to_state}`),
        [
          '2h Now firing',
          '3h Now resolved',
          '4h Both firing',
          '4h ByDay firing',
          '4h Now firing',
          '4h Often firing',
          '7h Both resolved',
          '7h Now resolved',
          // Two of the last three still: it goes on until the second clear judgement.
          '8h Both inactive',
          '8h Now inactive',
          '8h Often resolved',
          '9h Often inactive',
        ],
        'ByDay fires in its hours, and stands still since they are over',
      );
      const labels = await database.query<{ severity: string }>(
        `select labels ->> 'severity' as severity from alert where alertname = 'Often'`,
      );
      assert.deepEqual(labels, [{ severity: 'error' }]);
      const alerts = () => database.query('select fingerprint, machine, last_value from alert order by fingerprint');
      const left = await alerts();
      await database.query('truncate rule_group, score, alert, alert_event, delivery');
      for (let hour = 1; hour <= 10; hour++) await engineOn(database, rulesOf(text)).judgeUntil(after(hour), never);
      assert.deepEqual([await events(), await alerts()], [atOnce, left]);
    }));

  test('stores a tick once when two collectors judge it', () =>
    withDatabase(async (database) => {
      await seed(database, 'gbbbbb');
      const engines = [engineOn(database, rulesOf(RULES)), engineOn(database, rulesOf(RULES))];
      for (let hour = 1; hour <= 6; hour++)
        await Promise.all(engines.map((engine) => engine.judgeUntil(after(hour), never)));
      assert.deepEqual(await history(database), ['2h pending condition_began', '3h firing condition_held']);
      assert.deepEqual(await deliveries(database), ['chat firing 1']);
    }));

  test('leaves nothing half-done when the store fails in the middle of a tick', () =>
    withDatabase(async (database) => {
      await seed(database, 'gbbb');
      const failing = engineOn(database, rulesOf(RULES), (store) => ({
        lastTick: (group) => store.lastTick(group),
        alerts: (group) => store.alerts(group),
        orphans: (groups) => store.orphans(groups),
        toldOf: (fingerprint, episode) => store.toldOf(fingerprint, episode),
        record: async () => {
          throw new Error('the database is away');
        },
      }));
      await assert.rejects(failing.judgeUntil(after(1), never), /away/);
      for (const table of ['rule_group', 'score', 'alert', 'alert_event', 'delivery']) {
        assert.deepEqual(await database.query(`select 1 from ${table}`), [], table);
      }
    }));

  test('ends what fires when its rule is removed, and tells whoever was told', () =>
    withDatabase(async (database) => {
      await seed(database, 'gbbbb');
      await judgeHourly(engineOn(database, rulesOf(RULES)), 1, 4);
      const renamed = rulesOf(
        RULES.replace('alert: Drift', 'alert: Renamed').replace(
          'route: { receiver: chat }',
          'route: { receiver: other }',
        ),
      );
      await engineOn(database, renamed).judgeUntil(after(5), never);
      assert.deepEqual((await history(database)).slice(-2), ['5h pending condition_began', '5h resolved rule_removed']);
      assert.deepEqual(await deliveries(database), ['chat firing 1', 'chat resolved 1']);
    }));

  test('writes nothing more of an alert that ended long ago', () =>
    withDatabase(async (database) => {
      await seed(database, 'gbbbbgggg');
      await judgeHourly(engineOn(database, rulesOf(RULES)), 1, 4);
      const renamed = engineOn(database, rulesOf(RULES.replace('alert: Drift', 'alert: Renamed')));
      await judgeHourly(renamed, 5, 9);
      const ended = await database.query<{ tick: number; state: string }>(
        `select tick, state from alert where alertname = 'Drift'`,
      );
      assert.deepEqual(ended, [{ tick: T0 + 6 * HOUR, state: 'inactive' }]);
    }));

  test('lets an alert go on as it was when its rule stands in another group', () =>
    withDatabase(async (database) => {
      await seed(database, 'gbbbbg');
      await judgeHourly(engineOn(database, rulesOf(RULES)), 1, 4);
      const moved = rulesOf(RULES.replace('name: g', 'name: another'));
      await judgeHourly(engineOn(database, moved), 5, 6);
      assert.deepEqual(await history(database), [
        '2h pending condition_began',
        '3h firing condition_held',
        '6h resolved cleared',
      ]);
      assert.deepEqual(await deliveries(database), ['chat firing 1', 'chat resolved 1']);
    }));

  test('ends what fires when its whole group is gone', () =>
    withDatabase(async (database) => {
      await seed(database, 'gbbbb');
      await judgeHourly(engineOn(database, rulesOf(RULES)), 1, 4);
      await engineOn(database, { groups: [], receivers: [], route: null }).judgeUntil(after(5), never);
      assert.match((await history(database)).at(-1) ?? '', /resolved rule_removed/);
      assert.deepEqual(await deliveries(database), ['chat firing 1', 'chat resolved 1']);
    }));

  test('ends what fires when its group is gone, also where time has not moved on since its last tick', () =>
    withDatabase(async (database) => {
      await seed(database, 'gbbbb');
      await judgeHourly(engineOn(database, rulesOf(RULES)), 1, 4);
      const engine = engineOn(database, { groups: [], receivers: [], route: null });
      await engine.judgeUntil(T0 + 4 * HOUR, never);
      await engine.judgeUntil(T0 + 4 * HOUR + 1, never);
      assert.match((await history(database)).at(-1) ?? '', /resolved rule_removed/);
      assert.deepEqual(await deliveries(database), ['chat firing 1', 'chat resolved 1']);
    }));

  test('tells of categories with characters that the store cannot hold', () =>
    withDatabase(async (database) => {
      const ingest = new Ingest(
        createIngestStore(database, await registerCollector(database, randomUUID(), 't')),
        () => undefined,
      );
      const values = Array.from({ length: 200 }, (_, i) => `\u0000 \\u0000 \ud800 ${i % 2}`);
      const windows = [{ series: [{ kind: 'category' as const, values: [...values, 7, null, null, null] }] }];
      await ingest.take(received(makeBatch(newSource(), 1, windows)));
      const rules = rulesOf(
        RULES.replace(/drift: .*/, 'schema: { model: m, stage: feature, fields: [x], measure: null_share, window: 1h }')
          .replace('"> 0.25"', '"> 0.01"')
          .replace('"< 0.1"', '"< 0.01"')
          .replace('for: 1h', 'for: 0s'),
      );
      await engineOn(database, rules).judgeUntil(after(1), never);
      assert.deepEqual(await deliveries(database), ['chat firing 1']);
      const [alert] = await database.query<{ message: { evidence: string[] } }>('select message from alert');
      assert.ok(
        alert?.message.evidence.some((line) => line.startsWith('\uFFFD \\u0000 \uFFFD')),
        JSON.stringify(alert),
      );
    }));

  test('gives every score its measure, samples and baseline', () =>
    withDatabase(async (database) => {
      await seed(database, 'g');
      await engineOn(database, rulesOf(RULES)).judgeUntil(after(1), never);
      const [score] = await database.query<{
        measure: string;
        value: number;
        samples: number;
        baseline_id: number;
        health: string;
      }>('select * from score');
      assert.ok(score);
      assert.deepEqual([score.measure, score.samples, score.baseline_id, score.health], ['psi', 200, 1, 'ok']);
      assert.ok(score.value < 0.01);
    }));

  test('gives scores of a rule with a budget what chance does, in the store, to the API and in what people are told', () =>
    withDatabase(async (database) => {
      await seed(database, 'gb');
      const budget = RULES.replace('fire: "> 0.25"', 'fire: { effect: "> 0.25", at_most: 1/month }').replace(
        'for: 1h',
        'for: 0s',
      );
      await engineOn(database, rulesOf(budget)).judgeUntil(after(1), never);
      await engineOn(database, rulesOf(budget)).judgeUntil(after(2), never);
      const [series] = await database.query<{ id: number }>('select id from series');
      const span = { from: 0, to: T0 + 24 * HOUR, limit: 10 };
      const scores = (await createApiReader(database, PROJECT).scores(series!.id, span))!;
      const [quiet, loud] = scores.map(({ value, effect, null_multiple, tail, n_ref, samples }) => ({
        isEffect: effect === value,
        null_multiple,
        tail,
        n_ref,
        samples,
      }));
      // The effect is too small for chance to be asked.
      assert.deepEqual(quiet, { isEffect: true, null_multiple: null, tail: null, n_ref: 2000, samples: 200 });
      assert.ok(loud!.null_multiple! > 10 && loud!.tail! < 1e-6, JSON.stringify(loud));
      assert.deepEqual([loud!.isEffect, loud!.n_ref, loud!.samples], [true, 2000, 200]);
      const [alert] = await database.query<{ message: { evidence: string[]; threshold: string } }>(
        'select message from alert',
      );
      assert.equal(alert!.message.threshold, '> 0.25 and at_most 1/month');
      assert.match(
        alert!.message.evidence[0]!,
        /^psi [\d.]+, [\d.]+ times what chance does in one window of twenty \(n 200 against 2 000\)$/,
      );
    }));
});
