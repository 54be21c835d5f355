import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { hideSecrets, holdsSecret, REDACTED, SECRET_PATTERNS } from '../../../agent/src/events/secrets.ts';

const JWT = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U';
const AWS_SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
const PEM = `-----BEGIN RSA PRIVATE KEY-----\n${'MIIEpAIBAAKCAQEA'.repeat(20)}\n-----END RSA PRIVATE KEY-----`;

/** Texts, what must be gone of each, and what must still be there. */
const TEXTS: [pattern: string, text: string, gone: string, left: string][] = [
  ['authorization', 'sent Authorization: Bearer abc$def|123456 to it', 'abc$def|123456', 'to it'],
  ['authorization', '{"authorization":"Basic dXNlcjpwYXNzd29yZA=="}', 'dXNlcjpwYXNzd29yZA', '{"'],
  ['authorization', 'bearer%20sk1234567890', 'sk1234567890', ''],
  ['json-web-token', `token ${JWT}!`, 'eyJzdWIi', 'token '],
  ['aws-key-id', 'id AKIAIOSFODNN7EXAMPLE ok', 'AKIAIOSFODNN7EXAMPLE', ' ok'],
  ['assigned', `AWS_SECRET_ACCESS_KEY=${AWS_SECRET} ok`, AWS_SECRET, ' ok'],
  ['assigned', '{"password": "hunter2!"}', 'hunter2!', '{"'],
  ['private-key', `key ${PEM} end`, 'MIIE', 'key '],
  ['service-token', 'use ghp_0123456789abcdefghijABCDEFGHIJ012345 here', 'ghp_', ' here'],
  ['url-password', 'postgres://admin:tiger42@db:5432/x', 'tiger42', 'db:5432/x'],
  ['card-number', 'card 4111 1111 1111 1111, thanks', '4111', ', thanks'],
];

describe('the net for secrets', () => {
  for (const [name, text, gone, left] of TEXTS) {
    it(`catches ${name} in ${JSON.stringify(text).slice(0, 60)}`, () => {
      const pattern = SECRET_PATTERNS.find((one) => one.name === name) ?? assert.fail(name);
      assert.ok(pattern.find(text).length > 0);
      const hidden = hideSecrets(text, false);
      assert.ok(!hidden.includes(gone) && hidden.includes(REDACTED) && hidden.includes(left), hidden);
    });
  }

  it('leaves ordinary texts alone', () => {
    const texts = [
      '',
      'DE',
      'basic subscription',
      'task-management-system',
      '2025-11-25T21:30:00.000Z',
      'Überraschung 😀',
    ];
    for (const text of [...texts, '12345678901234567890', 'a@b', 'http://x:80/y@z', '1,2,3', 'the secret is out']) {
      assert.equal(hideSecrets(text, true), text);
    }
  });

  it('takes e-mail addresses only where asked', () => {
    const text = 'write to jürgen.o@mail.example.org soon';
    assert.equal(hideSecrets(text, false), text);
    assert.equal(hideSecrets(text, true), `write to ${REDACTED} soon`);
  });

  it('lets nothing of a secret through that begins before the cut or moves into it', () => {
    const secrets = TEXTS.map(([, text, gone]) => text.slice(text.indexOf(gone) < 20 ? 0 : text.indexOf(gone)));
    fc.assert(
      fc.property(fc.nat(270), fc.nat(8), fc.constantFrom(...secrets), (before, tokens, secret) => {
        if (!holdsSecret(secret, false)) return;
        const text = `${'. '.repeat(before / 2)}${`${JWT}${JWT} `.repeat(tokens)}${secret} and the rest`;
        const hidden = hideSecrets(text, false);
        assert.ok(Buffer.byteLength(hidden) <= 256);
        assert.ok(!holdsSecret(hidden, false), hidden);
        assert.ok(!/eyJ|AKIA|MIIE|ghp_|tiger|hunter|dXNl|wJalr/.test(hidden), hidden);
      }),
      { numRuns: 500 },
    );
  });

  it('takes no longer for a megabyte than for its beginning', () => {
    const parts = [
      'eyJ',
      'a://a:',
      '-----BEGIN ',
      'Bearer ',
      '4111 1111 ',
      'AKIA',
      'secret=',
      'a@',
      'authorization :',
      '1 ',
    ];
    for (const part of parts) {
      const text = part.repeat(1_000_000 / part.length);
      const begun = performance.now();
      for (let i = 0; i < 10; i++) hideSecrets(text, true);
      // Ten take about a millisecond; a quadratic pattern would take minutes.
      assert.ok(performance.now() - begun < 1_000, part);
    }
  });
});
