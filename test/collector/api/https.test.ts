import assert from 'node:assert/strict';
import { Agent, get } from 'node:https';
import { describe, test } from 'node:test';
import { openAccess } from '../../../collector/src/access/access.ts';
import { ApiServer } from '../../../collector/src/api/server.ts';
import { createLog } from '../../../collector/src/log.ts';
import { Health } from '../../../collector/src/telemetry/health.ts';
import type { Certificates } from '../../../collector/src/tls/certificate-files.ts';
import { PROJECT, T0 } from '../../support/batches.ts';
import { TestAuthority } from '../../support/certificates.ts';

const unused = () => {
  throw new Error('this test asks for nothing of the store');
};

function ask(port: number | undefined, authority: TestAuthority): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const agent = new Agent({ ca: authority.cert });
    const request = get({ port, host: '127.0.0.1', path: '/health/live', agent }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode));
    });
    request.once('error', reject);
  });
}

describe('the API over TLS', () => {
  test('goes by renewed certificates from the next connection on', async (t) => {
    const [old, next] = [new TestAuthority('Old'), new TestAuthority('Next')];
    const certify = (authority: TestAuthority): Certificates => ({
      ...authority.certify('collector'),
      clientCa: authority.cert,
      endsAt: Date.now() + 86_400_000,
    });
    const renewals: ((certificates: Certificates) => void)[] = [];
    const api = await ApiServer.create('127.0.0.1:0', {
      source: unused,
      access: openAccess(PROJECT),
      outcomes: { take: unused, check: unused },
      settings: { current: unused, change: unused },
      rules: { check: unused, test: unused, replay: unused, tune: unused },
      health: new Health(
        async () => undefined,
        () => ({ ok: true, detail: '' }),
      ),
      tls: {
        current: certify(old),
        onRenewed: (listener) => void renewals.push(listener),
        start: unused,
        stop: unused,
      },
      metrics: { metricsText: unused },
      clock: { now: () => T0 },
      log: createLog('silent'),
    });
    await api.start();
    t.after(() => api.stop());
    assert.equal(await ask(api.port, old), 200, 'without a certificate of the client');
    await assert.rejects(ask(api.port, next));
    for (const renew of renewals) renew(certify(next));
    assert.equal(await ask(api.port, next), 200);
    await assert.rejects(ask(api.port, old));
  });
});
