import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createTestStore, type TestStore } from '../../support/database.ts';
import { tidemarkHere } from './in-process.ts';
import { settingsFor } from './program.ts';

let store: TestStore;
before(async () => {
  store = await createTestStore();
});
after(() => store.remove());

const retention = (...args: string[]) => tidemarkHere(['project', 'retention', ...args], settingsFor(store));

describe('tidemark project retention', () => {
  test('sets times of a project’s own, shows them and takes them away again', async () => {
    const set = await retention('default', '--minutes', '2d', '--days', 'forever', '--json');
    assert.deepEqual(JSON.parse(set.stdout), { minutes: '2d', days: 'forever' });
    const changed = await retention('default', '--minutes', 'default', '--events', '3h', '--json');
    assert.deepEqual(JSON.parse(changed.stdout), { days: 'forever', events: '3h' });
    assert.deepEqual(await retention('default'), {
      code: 0,
      stdout: 'minutes\tas the settings say\nhours\tas the settings say\ndays\tforever\nevents\t3h\n',
      stderr: '',
    });
  });

  test('tells every mistake at once, and changes nothing', async () => {
    const before = (await retention('default', '--json')).stdout;
    const wrong = await retention('default', '--minutes', '5m', '--hours', 'a while', '--days', '1d');
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, /--minutes: expected a duration from 1h to 100y.*, or forever, got "5m"/);
    assert.match(wrong.stderr, /--hours: expected .* got "a while"/);
    assert.equal((await retention('default', '--json')).stdout, before);
    assert.match((await retention('defualt')).stderr, /default/);
  });
});
