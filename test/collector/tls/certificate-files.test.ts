import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { readCertificates } from '../../../collector/src/tls/certificate-files.ts';
import { TestAuthority } from '../../support/certificates.ts';

const DAY = 86_400_000;
const authority = new TestAuthority();
const good = authority.certify('collector');
let directory: string;
before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tidemark-tls-'));
});
after(() => rm(directory, { recursive: true, force: true }));

async function read(texts: { cert?: string; key?: string; clientCa?: string }) {
  const file = async (name: string, text: string | undefined) => {
    const path = join(directory, name);
    await rm(path, { force: true });
    if (text !== undefined) await writeFile(path, text);
    return path;
  };
  const cert = await file('cert.pem', texts.cert);
  const key = await file('key.pem', texts.key);
  const clientCa = texts.clientCa === undefined ? null : await file('ca.pem', texts.clientCa);
  const result = await readCertificates({ cert, key, clientCa }, Date.now());
  return { result, mistakes: result.ok ? [] : result.mistakes };
}

describe('certificate files', () => {
  test('are taken where certificate, key and authorities fit', async () => {
    const { result } = await read({ ...good, clientCa: authority.cert });
    assert.ok(result.ok);
    assert.equal(result.certificates.cert, good.cert);
    assert.equal(result.certificates.clientCa, authority.cert);
  });

  test('end when the first certificate of their chain ends', async () => {
    const long = authority.certify('collector', { toMs: Date.now() + 90 * DAY });
    const { result } = await read({ cert: long.cert + authority.cert, key: long.key });
    assert.ok(result.ok);
    assert.ok(result.certificates.endsAt < Date.now() + 2 * DAY, 'the authority of the test is good for a day');
  });

  test('that are missing are told all at once, with their setting', async () => {
    const { mistakes } = await read({});
    assert.equal(mistakes.length, 2);
    assert.match(mistakes[0] ?? '', /^tls_cert cannot be read: ENOENT.*cert\.pem.*Name a PEM file/);
    assert.match(mistakes[1] ?? '', /^tls_key cannot be read: ENOENT/);
  });

  test('are refused where the key is of another certificate', async () => {
    const { mistakes } = await read({ cert: good.cert, key: authority.certify('other').key });
    assert.equal(mistakes.length, 1);
    assert.match(mistakes[0] ?? '', /^tls_key .* is not the key of the first certificate .*CN=collector/);
  });

  test('are refused where the chain begins with the authority', async () => {
    const { mistakes } = await read({ cert: authority.cert + good.cert, key: good.key });
    assert.match(mistakes[0] ?? '', /put the server's own certificate first/);
  });

  test('are refused before and after their time, which is told', async () => {
    const expired = authority.certify('collector', { fromMs: Date.now() - 2 * DAY, toMs: Date.now() - DAY });
    const early = authority.certify('collector', { fromMs: Date.now() + DAY, toMs: Date.now() + 2 * DAY });
    assert.match((await read(expired)).mistakes.join(), /CN=collector has expired at \d{4}-.*: renew it/);
    assert.match((await read(early)).mistakes.join(), /is not valid before \d{4}-/);
  });

  test('that hold no PEM are refused, and never repeated', async () => {
    const { mistakes } = await read({ cert: 'hunter2', key: 'hunter3', clientCa: 'hunter4' });
    assert.equal(mistakes.length, 3);
    assert.doesNotMatch(mistakes.join(), /hunter/);
    const torn = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
    assert.match((await read({ cert: torn, key: good.key })).mistakes.join(), /certificate 1 cannot be read/);
  });
});
