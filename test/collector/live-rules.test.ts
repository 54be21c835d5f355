import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { describe, type TestContext, test } from 'node:test';
import { pino } from 'pino';
import { LiveRules } from '../../collector/src/live-rules.ts';
import { folderWith } from './commands/program.ts';

const RULES = (alert: string, receiver = 'slack: { url: "https://hooks.slack.example/T0/B0/hunter2" }') => `version: 1
groups:
  - name: g
    rules:
      - alert: ${alert}
        silence: { model: m, measure: rows, window: 10m }
        fire: "< 1"
receivers: [{ name: people, ${receiver} }]
route: { receiver: people }
`;

async function opened(t: TestContext, text: string) {
  const file = join(await folderWith(t, { 'rules.yaml': text }), 'rules.yaml');
  const lines: { level: number; msg: string; reason?: string }[] = [];
  const sink = new Writable({
    write: (line, _encoding, done) => {
      lines.push(JSON.parse(String(line)));
      done();
    },
  });
  const live = await LiveRules.open(file, {}, pino({}, sink));
  const changes: string[] = [];
  const alerts = () => live.rules.groups.flatMap(({ rules }) => rules.map(({ alert }) => alert)).join();
  live.onChanged(() => changes.push(alerts()));
  return { live, file, lines, changes, alerts };
}

describe('the rules of now', () => {
  test('are those of the file, once it has changed', async (t) => {
    const { live, file, changes, lines } = await opened(t, RULES('First'));
    await live.look();
    assert.deepEqual([changes, lines], [[], []], 'what is the same is not told');
    const { receivers } = live;
    await writeFile(file, RULES('Second', 'slack: { url: "https://hooks.slack.example/T0/B0/other" }'));
    await live.look();
    assert.deepEqual([changes, lines.map(({ msg }) => msg)], [['Second'], ['rules were read anew']]);
    const people = receivers.get('people');
    assert.equal(people?.kind === 'slack' && people.url, 'https://hooks.slack.example/T0/B0/other');
  });

  test('stay as they were where the file is not usable, which is told once and without secrets', async (t) => {
    const { live, file, changes, lines, alerts } = await opened(t, RULES('First'));
    await writeFile(file, RULES('Second').replace('measure: rows', 'measure: row'));
    await live.look();
    await live.look();
    assert.deepEqual([lines.length, changes, alerts()], [1, [], 'First']);
    assert.match(lines[0]?.reason ?? '', /rules\.yaml:6:39 .*did you mean 'rows'/);
    await writeFile(file, RULES('Second', 'slack: { url: { env: NOT_SET } }'));
    await live.look();
    assert.match(lines[1]?.reason ?? '', /receiver people: the environment variable NOT_SET is not set/);
    await rm(file);
    await live.look();
    assert.match(lines[2]?.reason ?? '', /cannot read the rule file/);
    assert.ok(!JSON.stringify(lines).includes('hunter2'));
    await writeFile(file, RULES('First'));
    await live.look();
    assert.deepEqual([lines.at(-1)?.msg, changes], ['the rule file is usable again, and as it was', []]);
  });

  test('look by themselves until they are stopped, and are none without a file', async (t) => {
    t.mock.timers.enable({ apis: ['setInterval'] });
    const { live, file, changes } = await opened(t, RULES('First'));
    live.start();
    await writeFile(file, RULES('Second'));
    t.mock.timers.tick(5_000);
    await live.stop();
    assert.deepEqual(changes, ['Second']);
    await writeFile(file, RULES('Third'));
    t.mock.timers.tick(60_000);
    await live.stop();
    assert.deepEqual(changes, ['Second']);
    const none = await LiveRules.open(null, {}, pino({ level: 'silent' }));
    none.start();
    await none.stop();
    assert.deepEqual(none.rules.groups, []);
  });
});
