import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createTestStore } from '../../support/database.ts';
import { tidemarkHere } from './in-process.ts';
import { settingsFor, tidemark } from './program.ts';

const COMMANDS = ['serve', 'migrate', 'baseline create', 'baseline list', 'rules check'];

describe('tidemark', () => {
  test('explains every command and ends with 0 where it is asked to', async () => {
    const runs = [['--help'], ['help'], ['serve', '--help']].map((args) => tidemark(args));
    for (const { code, stdout, stderr } of await Promise.all(runs)) {
      assert.deepEqual([code, stderr], [0, '']);
      for (const name of COMMANDS) assert.match(stdout, new RegExp(`^ {2}tidemark ${name}\\b`, 'm'));
    }
  });

  test('without a command explains itself and ends with 2', async () => {
    const { code, stdout, stderr } = await tidemark([]);
    assert.equal(code, 2);
    assert.match(`${stdout}${stderr}`, /^usage:/m);
  });

  test('says and logs the same in a process of its own and in that of a test', async (t) => {
    const store = await createTestStore();
    t.after(() => store.remove());
    const settings = { ...settingsFor(store), TIDEMARK_LOG: 'info' };
    for (const args of [['project', 'list'], ['token', 'revoke', 'x'], ['token']]) {
      const [own, here] = [await tidemark(args, settings), await tidemarkHere(args, settings)];
      const told = ({ code, stdout, stderr }: typeof own) => [code, stdout, stderr.replace(/"time":\d+/g, '"time":0')];
      assert.deepEqual(told(here), told(own));
      if (args.length > 1) assert.match(here.stderr, /"msg":"store is open"/);
    }
  });

  for (const [what, args, message] of [
    ['an unknown command', ['serv'], /^there is no command serv \(did you mean 'serve'\?\)\n/],
    ['half a command', ['baseline'], /^there is no command baseline\n/],
    ['an unknown half', ['rules', 'chekc'], /^there is no command rules chekc \(did you mean 'rules check'\?\)\n/],
    [
      'an unknown option',
      ['serve', '--port', '1'],
      /^tidemark: Unknown option '--port'[\s\S]*\nusage: tidemark serve /,
    ],
    ['an option without its value', ['migrate', '--config'], /^tidemark: Option '--config <value>' argument missing\n/],
    ['an operand too many', ['migrate', 'now'], /^tidemark: expected 0 operands, got 1\nusage: tidemark migrate /],
    ['no operand', ['rules', 'check'], /^tidemark: expected 1 to 100 operands, got 0\nusage: tidemark rules check /],
    [
      'options missing',
      ['baseline', 'create', '--from', 'x.csv'],
      /^tidemark: --model, --version, --name are missing\nusage: tidemark baseline create /,
    ],
    [
      'a name that the wire would refuse',
      ['baseline', 'create', '--from', 'x.csv', '--model', '', '--version', '1', '--name', 'n'],
      /^tidemark: --model: expected 1 to 128 bytes, got 0\n/,
    ],
  ] as const) {
    test(`ends with 2 for ${what}, without a stack`, async () => {
      const { code, stdout, stderr } = await tidemark(args);
      assert.deepEqual([code, stdout], [2, '']);
      assert.match(stderr, message);
      assert.doesNotMatch(stderr, /^\s+at /m);
    });
  }
});
