import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { inspect } from 'node:util';
import type { AgentError } from '@tidemark/agent';
import { readAgentOptions } from '../../agent/src/options.ts';
import { TestAuthority } from '../support/certificates.ts';

const authority = new TestAuthority();
const server = authority.certify('collector');
const client = authority.certify('agent');
const TOKEN = 'canary-token-7b1e';

describe('options of the line', () => {
  const GOOD = { collector: 'collector.example:7411', model: { name: 'm', version: '1' } };
  const mistakesOf = (given: unknown) => {
    let mistakes: AgentError['mistakes'] = [];
    assert.throws(
      () => readAgentOptions(given),
      (error: AgentError) => {
        mistakes = error.mistakes;
        const shown = inspect(error, { depth: null });
        for (const secret of [TOKEN, client.key.split('\n')[1] ?? '', server.key.split('\n')[1] ?? '']) {
          assert.ok(secret.length > 10 && !shown.includes(secret), 'a secret is shown');
        }
        return true;
      },
    );
    return mistakes.map(({ option }) => option).sort();
  };
  const BAD: [string, object, string[]][] = [
    ['a certificate without a key', { tls: { cert: client.cert } }, ['tls.key']],
    ['a key without a certificate', { tls: { key: client.key } }, ['tls.cert']],
    ['a key of another certificate', { tls: { cert: client.cert, key: server.key } }, ['tls.key']],
    ['a key where a certificate belongs', { tls: { ca: client.key } }, ['tls.ca']],
    ['a key instead of options', { tls: client.key }, ['tls']],
    ['a certificate where a key belongs', { tls: { cert: client.cert, key: client.cert } }, ['tls.key']],
    ['PEM that is cut off', { tls: { ca: authority.cert.slice(0, 200) } }, ['tls.ca']],
    [
      'many at once',
      { tls: { ca: 5, key: 'x', serverName: '', extra: 1 } },
      ['tls.ca', 'tls.cert', 'tls.extra', 'tls.key', 'tls.serverName'],
    ],
    ['a token that no header can hold', { token: `${TOKEN}\n` }, ['token']],
    ['a token of another type', { token: [TOKEN] }, ['token']],
    ['a variable that does not exist', { tls: true, token: { env: 'TIDEMARK_TEST_NO_SUCH' } }, ['token']],
    ['a token in plain text to another machine', { token: TOKEN }, ['token']],
    ['a spool without a directory', { spool: {} }, ['spool.directory']],
    ['a spool without room', { spool: { directory: '/tmp/x', maxBytes: 5 } }, ['spool.maxBytes']],
    ['a signal that cannot be waited for', { exitSignals: ['SIGKILL'] }, ['exitSignals']],
  ];
  for (const [what, given, options] of BAD) {
    it(`name ${what}, and show no secret`, () => assert.deepEqual(mistakesOf({ ...GOOD, ...given }), options));
  }

  it('take a token in plain text to another machine where that is asked for, and to this one', () => {
    assert.equal(readAgentOptions({ ...GOOD, token: TOKEN, insecureToken: true }).token, TOKEN);
    for (const collector of ['localhost:1', '127.0.0.1:1', '127.8.0.1:1', '[::1]:1']) {
      assert.equal(readAgentOptions({ ...GOOD, collector, token: TOKEN }).token, TOKEN);
    }
    for (const collector of ['localhost.example:1', '1.127.0.1:1', '127.0.0.1.example:1', '[::2]:1']) {
      assert.deepEqual(mistakesOf({ ...GOOD, collector, token: TOKEN }), ['token']);
    }
  });
});

describe('options from the environment', () => {
  const names = ['COLLECTOR', 'TOKEN', 'SERVICE', 'ENABLED'].map((name) => `TIDEMARK_${name}`);
  const outside = names.map((name) => process.env[name]);
  const model = { name: 'm', version: '1' };
  before(() => {
    const values = ['127.0.0.1:7', TOKEN, 'shop', '0'];
    for (const [i, name] of names.entries()) process.env[name] = values[i];
    process.env.TIDEMARK_TEST_TOKEN = 'from-elsewhere';
  });
  after(() => {
    for (const [i, name] of names.entries()) {
      if (outside[i] === undefined) delete process.env[name];
      else process.env[name] = outside[i];
    }
    delete process.env.TIDEMARK_TEST_TOKEN;
  });
  const four = ({ collector, token, service, enabled }: ReturnType<typeof readAgentOptions>) => [
    collector,
    token,
    service,
    enabled,
  ];

  it('stand in for what is not given', () => {
    assert.deepEqual(four(readAgentOptions({ model })), ['127.0.0.1:7', TOKEN, 'shop', false]);
  });

  it('give way to what is', () => {
    const given = { collector: '127.0.0.1:8', token: { env: 'TIDEMARK_TEST_TOKEN' }, service: 's', enabled: true };
    assert.deepEqual(four(readAgentOptions({ model, ...given })), ['127.0.0.1:8', 'from-elsewhere', 's', true]);
  });

  it('are named where they are wrong', () => {
    process.env.TIDEMARK_ENABLED = 'maybe';
    assert.throws(
      () => readAgentOptions({ model }),
      (error: AgentError) => error.mistakes[0]?.option === 'enabled (TIDEMARK_ENABLED)',
    );
    process.env.TIDEMARK_ENABLED = '';
    assert.equal(readAgentOptions({ model }).enabled, true);
  });
});
