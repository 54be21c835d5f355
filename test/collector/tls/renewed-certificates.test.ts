import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { describe, type TestContext, test } from 'node:test';
import { pino } from 'pino';
import type { Certificates } from '../../../collector/src/tls/certificate-files.ts';
import { RenewedCertificates } from '../../../collector/src/tls/renewed-certificates.ts';
import { type Certified, TestAuthority } from '../../support/certificates.ts';

const DAY = 86_400_000;
const authority = new TestAuthority();
const long = (subject: string) => authority.certify(subject, { toMs: Date.now() + 90 * DAY });

async function open(t: TestContext, first: Certified) {
  const directory = await mkdtemp(join(tmpdir(), 'tidemark-tls-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  const files = { cert: join(directory, 'cert.pem'), key: join(directory, 'key.pem'), clientCa: null };
  const write = async ({ cert, key }: Certified) => {
    await writeFile(files.cert, cert);
    await writeFile(files.key, key);
  };
  await write(first);
  const levels: number[] = [];
  const sink = new Writable({
    write: (line, _encoding, done) => {
      levels.push(JSON.parse(String(line)).level);
      done();
    },
  });
  const clock = { ms: Date.now(), now: () => clock.ms };
  const certificates = await RenewedCertificates.open(files, clock, pino({}, sink));
  const renewals: Certificates[] = [];
  certificates.onRenewed((one) => renewals.push(one));
  return {
    certificates,
    files,
    write,
    told: (level: number) => levels.filter((one) => one === level).length,
    clock,
    renewals,
  };
}

const [WARN, ERROR] = [40, 50];

describe('renewed certificates', () => {
  test('take the place of the old ones', async (t) => {
    const { certificates, write, renewals } = await open(t, long('first'));
    await certificates.look();
    assert.equal(renewals.length, 0, 'what is the same is not told');
    const second = long('second');
    await write(second);
    await certificates.look();
    assert.deepEqual(
      renewals.map(({ cert }) => cert),
      [second.cert],
    );
    assert.equal(certificates.current.cert, second.cert);
  });

  test('that are half written leave the old ones in use, told once, and are taken when they are whole', async (t) => {
    const first = long('first');
    const { certificates, files, told, renewals } = await open(t, first);
    const second = long('second');
    await writeFile(files.cert, second.cert);
    await certificates.look();
    await certificates.look();
    assert.equal(certificates.current.cert, first.cert);
    assert.equal(renewals.length, 0);
    assert.equal(told(ERROR), 1);
    await writeFile(files.key, second.key);
    await certificates.look();
    assert.equal(certificates.current.cert, second.cert);
  });

  test('are warned of two weeks before they end, once a day', async (t) => {
    const { certificates, told, clock } = await open(t, long('first'));
    assert.equal(told(WARN), 0);
    clock.ms += 77 * DAY;
    await certificates.look();
    await certificates.look();
    assert.equal(told(WARN), 1);
    clock.ms += DAY;
    await certificates.look();
    assert.equal(told(WARN), 2);
  });

  test('are not opened where they are unusable', async (t) => {
    const { files } = await open(t, long('first'));
    const log = pino({ level: 'silent' });
    await assert.rejects(RenewedCertificates.open({ ...files, key: files.cert }, { now: Date.now }, log), {
      code: 'TLS_INVALID',
      message: /^TLS is not usable:\ntls_key .* holds no usable private key/,
    });
  });
});
