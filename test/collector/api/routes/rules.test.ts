import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { Engine } from '../../../../collector/src/alerting/engine.ts';
import { wallClock } from '../../../../collector/src/clock.ts';
import { rulesCheck } from '../../../../collector/src/commands/rules-check.ts';
import { rulesReplay } from '../../../../collector/src/commands/rules-replay.ts';
import { rulesTest } from '../../../../collector/src/commands/rules-test.ts';
import { rulesTune } from '../../../../collector/src/commands/rules-tune.ts';
import { AlertTable } from '../../../../collector/src/store/alerts.ts';
import { StoreJudgingSource } from '../../../../collector/src/store/judging-source.ts';
import { HOUR, PROJECT, T0 } from '../../../support/batches.ts';
import { createTestStore, withDatabase } from '../../../support/database.ts';
import { createFeed, RULES, rulesOf, seedBaseline, simulatedHours } from '../../alerting/simulated-history.ts';
import { inProcess } from '../../commands/in-process.ts';
import { folderWith, settingsFor } from '../../commands/program.ts';
import { type Ask, withApi } from '../running-api.ts';

const SECRETS = ['hushroutingkey0123456789abcdefgh', 'whsec_aHVzaGh1c2hodXNoaHVzaGh1c2hodXNo', 'hush-path'];
const WITH_SECRETS = `${RULES.slice(0, RULES.indexOf('receivers:'))}
receivers:
  - name: pager
    pagerduty: { routing_key: ${SECRETS[0]} }
  - name: hook
    webhook: { url: "https://example.com/${SECRETS[2]}", secret: ${SECRETS[1]} }
route: { receiver: pager }
`;

const TESTS = `version: 1
rules: rules.yaml
tests:
  - name: as it is
    only: [Missing]
    given: [{ model: m, field: x, runs: [{ for: 1h, values: [1, 2, 3, 4, 5, 6, 7, 8, 9], nulls: 9 }] }]
    expect: [{ at: 1h, alerts: [{ alert: Missing, state: firing }] }]
  - name: as it is not
    only: [Missing]
    given: [{ model: m, field: x, runs: [{ for: 1h, values: [1] }] }]
    expect: [{ at: 1h, alerts: [{ alert: Missing, state: firing }] }]
`;

type Answered = { readonly status: number; readonly body: Record<string, unknown> };
const posting =
  (ask: Ask) =>
  async (path: string, body: unknown): Promise<Answered> =>
    (await ask(`/api/v1/rules/${path}`, 'POST', body)) as Answered;

/** Hours that are compared. */
const HOURS = 20;

/** Without the name of the file, which a text over HTTP has not. */
const inText = (mistakes: unknown) =>
  (mistakes as { file: string }[]).map((mistake) => ({ ...mistake, file: undefined }));

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

describe('trying rules over HTTP', () => {
  test('answers what the commands answer, and stores nothing', async (t) => {
    const store = await createTestStore();
    t.after(() => store.remove());
    const wrong = RULES.replace('"> 0.5"', '"> x"').replace('psi', 'pssi');
    const loose = RULES.replace('"> 0.5"', '"> 50"');
    const incidents = [{ from: '2001-01-01T08:00Z', until: '2001-01-01T14:00Z', model: 'm', name: 'first' }];
    const folder = await folderWith(t, {
      'rules.yaml': RULES,
      'wrong.yaml': wrong,
      'loose.yaml': loose,
      'tests.yaml': TESTS,
      'incidents.yaml': JSON.stringify({ incidents }),
    });
    const database = await store.open();
    await seedBaseline(database);
    await (await createFeed(database))(simulatedHours().slice(0, HOURS));
    const engine = new Engine({
      rules: rulesOf(RULES),
      source: new StoreJudgingSource(database, PROJECT),
      store: new AlertTable(database, PROJECT, wallClock),
      publicUrl: null,
      onTick: () => undefined,
    });
    await engine.judgeUntil(T0 + HOUR + 60_000, () => false);
    await engine.judgeUntil(T0 + HOURS * HOUR + 60_000, () => false);
    const counted = () =>
      database.query(
        'select (select count(*) from score) as scores, (select count(*) from alert_event) as events, (select count(*) from delivery) as deliveries',
      );
    const before = await counted();
    const answers: Record<string, Answered> = {};
    await withApi(database, async (ask) => {
      const post = posting(ask);
      answers.sound = await post('check', RULES);
      answers.wrong = await post('check', wrong);
      answers.long = await post('check', `${wrong}# ${'x'.repeat(20_000)}`);
      answers.test = await post('test', { rules: RULES, test: TESTS });
      const span = { since: '12h', until: '2001-01-01T12:00Z' };
      answers.replay = await post('replay', { rules: loose, ...span, model: 'm', rule: 'Drift' });
      answers.all = await post('replay', { rules: RULES, since: '20h' });
      answers.tune = await post('tune', { rules: RULES, rule: 'Drift', since: '20h', at_most: '9/month', incidents });
    });
    assert.deepEqual(await counted(), before);
    await database.close();

    const settings = { ...settingsFor(store), TIDEMARK_TIME: 'data' };
    const run = async (command: typeof rulesCheck, ...args: string[]) => {
      const paths = args.map((arg) => (arg.endsWith('.yaml') ? join(folder, arg) : arg));
      return JSON.parse((await inProcess(command, [...paths, '--json'], settings)).stdout);
    };
    for (const [name, { status }] of Object.entries(answers)) assert.equal(status, 200, name);
    assert.deepEqual(answers.sound?.body, { ok: true, rules: 4, mistakes: [] });
    const checked = await run(rulesCheck, 'wrong.yaml');
    assert.equal(checked.mistakes.length, 2);
    assert.equal(answers.wrong?.body.ok, false);
    assert.deepEqual(inText(answers.wrong?.body.mistakes), inText(checked.mistakes));
    assert.deepEqual(answers.long?.body, answers.wrong?.body);

    const tested = (await run(rulesTest, 'tests.yaml')).files[0];
    assert.deepEqual(answers.test?.body, {
      ok: false,
      mistakes: [],
      tests: [
        { test: 'as it is', passed: true, mismatches: [] },
        { test: 'as it is not', passed: false, mismatches: tested.mismatches },
      ],
    });
    const narrow = ['--since', '12h', '--until', '2001-01-01T12:00Z', '--model', 'm', '--rule', 'Drift'];
    const replayed = await run(rulesReplay, 'loose.yaml', ...narrow);
    assert.equal(replayed.ticks, 12);
    assert.ok(replayed.alerts.some((one: { did: object[] }) => one.did.length > 0));
    assert.deepEqual(answers.replay?.body, replayed);
    const lives = answers.all?.body.alerts as { would: object[]; did: object[] }[];
    assert.ok(lives.length > 1);
    for (const { would, did } of lives) assert.deepEqual(would, did);
    const tuning = ['rules.yaml', '--rule', 'Drift', '--since', '20h', '--at-most', '9/month'];
    assert.deepEqual(answers.tune?.body, await run(rulesTune, ...tuning, '--incidents', 'incidents.yaml'));
  });

  test('says what is wrong with what was sent, all at once', () =>
    withDatabase(async (database) => {
      await withApi(database, async (ask) => {
        const post = posting(ask);
        const none = await post('replay', { rules: RULES });
        assert.deepEqual([none.status, none.body.error], [400, 'bad_request']);
        assert.match(String(none.body.message), /^nothing is stored yet/);
        await seedBaseline(database);
        await (await createFeed(database))(simulatedHours().slice(0, 3));
        const cases: [string, unknown, RegExp][] = [
          [
            'replay',
            { rule: 'Drift', sinse: '1d' },
            /^the body has 2 mistake\(s\): sinse: .*did you mean 'since'\?\); 'rules' is missing/,
          ],
          ['replay', { rules: RULES, rule: 'Drfit' }, /no rule Drfit \(did you mean 'Drift'\?\)/],
          ['replay', { rules: RULES, model: 'n' }, /no model n \(did you mean 'm'\?\)/],
          ['replay', { rules: RULES, since: 'yesterday' }, /^since: expected a time such as/],
          ['replay', { rules: RULES, since: '93d' }, /^expected a span of 92d at most, got 93d$/],
          ['tune', { rules: RULES, rule: 'Drift', at_most: 'few' }, /^at-most: expected a budget/],
        ];
        for (const [path, body, expected] of cases) {
          const { status, body: answer } = await post(path, body);
          assert.equal(status, 400, `${path} ${JSON.stringify(body)}`);
          assert.match(String(answer.message), expected);
        }
        const json = await ask('/api/v1/rules/check', 'POST', undefined);
        assert.equal(json.status, 400);
        const texts = await post('tune', { rules: 'version: 2', rule: 'Drift', incidents: [{ model: 'm' }] });
        const files = (texts.body.mistakes as { file: string; line: number }[]).map(({ file }) => file);
        assert.deepEqual([texts.status, [...new Set(files)]], [400, ['rules', 'incidents']]);
        const tested = await post('test', { rules: 'version: 1\ngroup: []', test: TESTS });
        assert.deepEqual([tested.status, tested.body.ok, tested.body.tests], [200, false, []]);
        const large = await post('check', `# ${'x'.repeat(1024 * 1024)}`);
        assert.equal(large.status, 413);
      });
    }));

  test('never gives a secret of a rule file back', () =>
    withDatabase(async (database) => {
      await seedBaseline(database);
      await (await createFeed(database))(simulatedHours().slice(0, 30));
      await withApi(database, async (ask) => {
        const post = posting(ask);
        const texts = [
          WITH_SECRETS,
          WITH_SECRETS.replace('"> 0.5"', '"> x"'),
          WITH_SECRETS.replace('routing_key: ', 'routing_key: !'),
          WITH_SECRETS.replace('secret: ', 'secret: *'),
          WITH_SECRETS.replace('secret: ', 'secret: %'),
          WITH_SECRETS.replace('secret: ', 'secret: ['),
          WITH_SECRETS.replace('secret: ', 'secret: { a: b'),
          WITH_SECRETS.replace('secret: ', 'secrte: '),
          WITH_SECRETS.replace('https://', 'ftp://'),
          `${WITH_SECRETS.replace('routing_key: ', 'routing_key: "')}\n"`,
        ];
        for (const [i, rules] of texts.entries()) {
          const all = [await post('check', rules)];
          assert.equal(all[0]?.body.ok, i === 0, String(i));
          if (i < 2) {
            all.push(await post('test', { rules, test: TESTS }));
            all.push(await post('replay', { rules, since: '3h' }));
            all.push(await post('tune', { rules, rule: 'Drift', since: '3h' }));
            assert.deepEqual(
              all.map(({ status }) => status),
              i === 0 ? [200, 200, 200, 200] : [200, 200, 400, 400],
            );
          }
          for (const secret of SECRETS) assert.ok(!JSON.stringify(all).includes(secret), `${secret} of text ${i}`);
        }
        const cut = await ask('/api/v1/rules/replay', 'POST', `{"rules": ${SECRETS[0]}`);
        assert.equal(cut.status, 400);
        assert.ok(!JSON.stringify(cut.body).includes(SECRETS[0]!));
      });
    }));

  test('tries one at a time, ends it in time saying how far it came, and answers others meanwhile', (t) =>
    withDatabase(async (database) => {
      await seedBaseline(database);
      await (await createFeed(database))(simulatedHours());
      // More than any machine judges in the time it is given.
      const more = Array.from(
        { length: 60 },
        (_, i) => `  - name: more-${i}
    interval: 1m
    rules:
      - alert: More${i}
        drift: { model: m, fields: ["*"], method: psi, window: 3h, baseline: { kind: reference, name: ref }, min_samples: 100 }
        fire: "> 0.5"
`,
      );
      const minutely = RULES.replaceAll(/interval: \d+h/g, 'interval: 1m').replace(
        'receivers:',
        `${more.join('')}receivers:`,
      );
      await withApi(
        database,
        async (ask) => {
          const post = posting(ask);
          let isOver = false;
          const long = post('replay', { rules: minutely, since: '72h' }).finally(() => {
            isOver = true;
          });
          const delays: number[] = [];
          let busy: Answered | undefined;
          while (!isOver) {
            const began = performance.now();
            assert.equal((await ask('/api/v1/models')).status, 200);
            delays.push(performance.now() - began);
            busy ??= await post('tune', { rules: RULES, rule: 'Drift' });
            await setTimeout(5);
          }
          const { status, body } = await long;
          assert.deepEqual([status, body.error], [503, 'stopped']);
          assert.match(
            String(body.message),
            /^it was ended after 1\.2 s; it had judged until 2001-01-0\dT\S+Z of 2001-01-04T00:00:00Z\. Ask for/,
          );
          assert.match(String(body.reached), /^2001-01-0/);
          assert.deepEqual([busy?.status, busy?.body.error], [503, 'busy']);
          assert.ok(delays.length >= 8, `${delays.length} requests were answered meanwhile`);
          t.diagnostic(`median ${median(delays)} ms, longest ${Math.max(...delays)} ms`);
          assert.ok(median(delays) < 300);
          const again = await post('replay', { rules: RULES, since: '2h' });
          assert.equal(again.status, 200);
        },
        undefined,
        undefined,
        1_200,
      );
    }));

  test('ends a test that would run for ever, and tells it', () =>
    withDatabase(async (database) => {
      const endless = TESTS.replace('for: 1h, values: [1]', 'for: 9999h, normal: { mean: 0, sd: 1 }, n: 1000000');
      await withApi(
        database,
        async (ask) => {
          const { status, body } = await posting(ask)('test', { rules: RULES, test: endless });
          assert.deepEqual([status, body.error], [503, 'stopped']);
          assert.match(String(body.message), /^it was ended after 1\.5 s; 1 of 2 tests had been run/);
        },
        undefined,
        undefined,
        1_500,
      );
    }));
});
