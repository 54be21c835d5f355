import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Scope } from '../../../collector/src/access/scope.ts';
import { mintToken } from '../../../collector/src/access/token.ts';
import { TokenAccess } from '../../../collector/src/access/token-access.ts';
import { wallClock } from '../../../collector/src/clock.ts';
import { noteAgents } from '../../../collector/src/store/agents.ts';
import type { Database } from '../../../collector/src/store/database.ts';
import { ensureVersion, noteSpans } from '../../../collector/src/store/models.ts';
import { insertProject } from '../../../collector/src/store/projects.ts';
import { ensureSeries } from '../../../collector/src/store/series.ts';
import { createTokenSource, insertToken, revokeToken } from '../../../collector/src/store/tokens.ts';
import { HOUR, T0 } from '../../support/batches.ts';
import { withDatabase } from '../../support/database.ts';
import { withApi } from './running-api.ts';

/** What a project of the test has; names are the same in both. */
type Owned = {
  readonly project: number;
  readonly version: number;
  readonly series: number;
  readonly fingerprint: string;
};

const RULES = `version: 1
groups: [{ name: g, interval: 1h, rules: [{ alert: a, schema: { model: m, measure: null_share, window: 1h }, fire: "> 0.5" }] }]
`;
const TEST = `version: 1
rules: rules.yaml
tests:
  - { name: t, given: [{ model: m, field: x, runs: [{ for: 1h, values: [1] }] }], expect: [{ at: 1h, alerts: [] }] }
`;

/** Every operation of the API, and what its caller has to be allowed. A new one fails the test until it stands here. */
const OPERATIONS: Readonly<Record<string, { readonly needs: Scope | 'open'; readonly body?: unknown }>> = {
  'get /health/live': { needs: 'open' },
  'get /health/ready': { needs: 'open' },
  'get /metrics': { needs: 'open' },
  'get /api/v1/models': { needs: 'read' },
  'get /api/v1/models/{model}/versions': { needs: 'read' },
  'get /api/v1/versions/{id}/series': { needs: 'read' },
  'get /api/v1/series/{id}/windows': { needs: 'read' },
  'get /api/v1/series/{id}/summary': { needs: 'read' },
  'get /api/v1/series/{id}/scores': { needs: 'read' },
  'get /api/v1/models/{id}/events': { needs: 'read' },
  'get /api/v1/models/{id}/outcomes': { needs: 'read' },
  'get /api/v1/agents': { needs: 'read' },
  'post /api/v1/outcomes': {
    needs: 'write',
    body: [{ model: 'm', version: '1', predictionId: 'p', at: '2000-12-01T00:00:00Z', values: { y: 1 } }],
  },
  'get /api/v1/models/{id}/settings': { needs: 'read' },
  'put /api/v1/models/{id}/settings': { needs: 'admin', body: { revision: 0, settings: { bounds: [] } } },
  'post /api/v1/rules/check': { needs: 'read', body: RULES },
  'post /api/v1/rules/test': { needs: 'read', body: { rules: RULES, test: TEST } },
  'post /api/v1/rules/replay': { needs: 'read', body: { rules: RULES, since: '2h' } },
  'post /api/v1/rules/tune': { needs: 'read', body: { rules: RULES, rule: 'a', since: '2h' } },
  'get /api/v1/alerts': { needs: 'read' },
  'get /api/v1/alerts/{fingerprint}/events': { needs: 'read' },
};

async function populate(database: Database, project: number): Promise<Owned> {
  const version = await ensureVersion(database, project, 'm', '1');
  const key = { versionId: version, stage: 'feature', field: 'x', slice: '', kind: 'number' } as const;
  const series = (await ensureSeries(database, [key]))[0]?.id ?? 0;
  await noteSpans(database, new Map([[version, { from: T0, to: T0 + HOUR }]]));
  const fingerprint = `alert-of-${project}`;
  await database.query(
    `insert into alert (fingerprint, model_version_id, group_name, alertname, labels, state, machine, tick)
     values ($1, $2, 'g', 'a', '{}', 'firing', '{}', now())`,
    [fingerprint, version],
  );
  const agent = { service: `service-of-${project}`, host: 'h', pid: 1, agentVersion: '0', threadId: 0 };
  const source = '00000000-0000-4000-8000-000000000001';
  await noteAgents(database, [{ projectId: project, source, sequence: 1, agent, health: null, settingsRevision: 0 }]);
  return { project, version, series, fingerprint };
}

async function tokenFor(database: Database, projectId: number, scope: Scope, expiresAt: number | null = null) {
  const { text, id, secretSha256 } = mintToken();
  await insertToken(database, { id, projectId, name: 'test', scope, secretSha256, expiresAt });
  return { id, header: `Bearer ${text}` };
}

/** The path of an operation on what a project owns. */
function pathTo(operation: string, { version, series, fingerprint }: Owned): string {
  const path = operation.slice(operation.indexOf(' ') + 1);
  return path
    .replace('/series/{id}', `/series/${series}`)
    .replace('{id}', String(version))
    .replace('{model}', 'm')
    .replace('{fingerprint}', fingerprint);
}

describe('the API, asked for by somebody', () => {
  test('answers every operation to those whose token is enough, and about their own project alone', () =>
    withDatabase(async (database) => {
      const a = await populate(database, 1);
      const b = await populate(database, (await insertProject(database, 'b')) ?? 0);
      const access = new TokenAccess(createTokenSource(database), wallClock);
      const revoked = await tokenFor(database, a.project, 'admin');
      await revokeToken(database, revoked.id);
      const expired = await tokenFor(database, a.project, 'admin', Date.now() - 1);
      const callers: Readonly<
        Record<string, { readonly header?: string; readonly scope?: Scope; readonly of?: Owned }>
      > = {
        nobody: {},
        'a stranger': { header: `Bearer ${mintToken().text}` },
        'a password': { header: `Basic ${Buffer.from('a:b').toString('base64')}` },
        revoked,
        expired,
      };
      const known: typeof callers = Object.fromEntries(
        await Promise.all(
          [a, b].flatMap((of) =>
            (['write', 'read', 'admin'] as const).map(
              async (scope) =>
                [`${scope} of ${of.project}`, { ...(await tokenFor(database, of.project, scope)), scope, of }] as const,
            ),
          ),
        ),
      );
      await withApi(
        database,
        async (ask) => {
          const { body } = await ask('/api/v1/openapi.json');
          const { paths } = body as { paths: Record<string, Record<string, unknown>> };
          const declared = Object.entries(paths).flatMap(([path, methods]) =>
            Object.keys(methods).map((m) => `${m} ${path}`),
          );
          assert.deepEqual(declared.sort(), Object.keys(OPERATIONS).sort());
          const cells: string[] = [];
          for (const [operation, { needs, body: sent }] of Object.entries(OPERATIONS)) {
            const method = operation.slice(0, operation.indexOf(' ')).toUpperCase();
            for (const [name, { header, scope, of }] of Object.entries({ ...callers, ...known })) {
              for (const target of [a, b]) {
                const path = pathTo(operation, target);
                const { status, body: answer } = await ask(path, method, sent, header);
                const isAllowed = scope !== undefined && (scope === needs || scope === 'admin');
                // What has no owner in its path is about the caller's own project, whoever is asked about.
                const isTheirs = of === target || !/\{(id|fingerprint)\}/.test(operation);
                const expected =
                  needs === 'open'
                    ? [200]
                    : of === undefined
                      ? [401]
                      : !isAllowed
                        ? [403]
                        : isTheirs
                          ? [200, 409]
                          : [404];
                assert.ok(expected.includes(status), `${name}: ${method} ${path}: ${status}, expected ${expected}`);
                if (needs !== 'open' && status === 200) assertOwn(answer, of as Owned, of === a ? b : a, path);
                cells.push(`${name} ${operation} ${target.project}`);
              }
            }
          }
          assert.equal(cells.length, Object.keys(OPERATIONS).length * 11 * 2);
        },
        undefined,
        access,
      );
      const outcomes = await database.query<{ id: number; n: number }>(
        'select model_version_id as id, count(*) as n from outcome group by 1 order by 1',
      );
      assert.deepEqual(outcomes, [
        { id: a.version, n: 1 },
        { id: b.version, n: 1 },
      ]);
    }));

  test('asks for a token with the header that says so, and never repeats what was sent', () =>
    withDatabase(async (database) => {
      const access = new TokenAccess(createTokenSource(database), wallClock);
      const secret = mintToken().text;
      await withApi(
        database,
        async (_ask, url) => {
          const response = await fetch(`${url}/api/v1/models`, { headers: { authorization: `Bearer ${secret}` } });
          assert.equal(response.status, 401);
          assert.equal(response.headers.get('www-authenticate'), 'Bearer');
          assert.ok(!(await response.text()).includes(secret.slice(4)));
        },
        undefined,
        access,
      );
    }));
});

/** What only the other project has must not stand in an answer. */
function assertOwn(answer: unknown, own: Owned, other: Owned, path: string): void {
  const text = JSON.stringify(answer);
  assert.ok(!text.includes(other.fingerprint), path);
  assert.ok(!text.includes(`service-of-${other.project}`), path);
  if (path === '/api/v1/agents') assert.ok(text.includes(`service-of-${own.project}`), path);
  if (path === '/api/v1/alerts') assert.ok(text.includes(own.fingerprint), path);
  if (path.endsWith('/versions')) {
    const ids = (answer as { id: number }[]).map(({ id }) => id);
    assert.deepEqual(ids, [own.version]);
  }
}
