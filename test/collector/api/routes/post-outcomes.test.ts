import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Database } from '../../../../collector/src/store/database.ts';
import { ensureVersion } from '../../../../collector/src/store/models.ts';
import { listOutcomes } from '../../../../collector/src/store/outcomes.ts';
import { PROJECT, T0 } from '../../../support/batches.ts';
import { withDatabase } from '../../../support/database.ts';
import { type Ask, withApi } from '../running-api.ts';

const GOOD = { model: 'm', version: '1', predictionId: 'p', values: { delay: 12.5 } };

function withOutcomes(work: (ask: Ask, kept: () => Promise<unknown[]>) => Promise<void>): Promise<void> {
  return withDatabase(async (database) => {
    const versionId = await ensureVersion(database, PROJECT, 'm', '1');
    await withApi(database, (ask) => work(ask, () => keptOf(database, versionId)));
  });
}

async function keptOf(database: Database, versionId: number): Promise<unknown[]> {
  const rows = await listOutcomes(database, versionId, { from: 0, to: 1e13, limit: 100, predictionId: null });
  return rows.map(({ prediction_id, field, number, text, flag, at }) => [
    ...[prediction_id, field, number ?? text ?? flag],
    new Date(at).toISOString(),
  ]);
}

describe('outcomes over HTTP', () => {
  test('are kept with values of every kind, as they came', () =>
    withOutcomes(async (ask, kept) => {
      const list = [
        { ...GOOD, at: '1999-12-31T23:00:00+01:00', values: { a: true, b: '5', c: 0, d: null } },
        { ...GOOD, predictionId: 'now' },
      ];
      assert.deepEqual(await ask('/api/v1/outcomes', 'POST', list), { status: 200, body: { kept: 2 } });
      const at = '1999-12-31T22:00:00.000Z';
      assert.deepEqual(await kept(), [
        ['now', 'delay', 12.5, new Date(T0).toISOString()],
        ['p', 'a', true, at],
        ['p', 'b', '5', at],
        ['p', 'c', 0, at],
        ['p', 'd', null, at],
      ]);
    }));

  test('may come again, and an older one changes nothing', () =>
    withOutcomes(async (ask, kept) => {
      const list = [{ ...GOOD, at: '2000-06-01T00:00:00Z' }];
      await ask('/api/v1/outcomes', 'POST', list);
      const once = await kept();
      const older = [{ ...GOOD, at: '2000-05-01T00:00:00Z', values: { delay: 1 } }];
      for (const again of [list, older]) {
        assert.deepEqual(await ask('/api/v1/outcomes', 'POST', again), { status: 200, body: { kept: 1 } });
        assert.deepEqual(await kept(), once);
      }
      assert.deepEqual(await ask('/api/v1/outcomes', 'POST', []), { status: 200, body: { kept: 0 } });
    }));

  test('are refused as a whole with every mistake, of form and of meaning, by index', () =>
    withOutcomes(async (ask, kept) => {
      const { predictionId: _, ...nameless } = GOOD;
      const { status, body } = await ask('/api/v1/outcomes', 'POST', [
        GOOD,
        nameless,
        { ...GOOD, version: 'ghost' },
        { ...GOOD, values: { delay: [1] } },
        { ...GOOD, values: {} },
        { ...GOOD, at: 'yesterday', weight: 1 },
        { ...GOOD, at: '2001-01-01T00:00:01Z' },
        { ...GOOD, at: '2000-02-30T00:00:00Z' },
        { ...GOOD, values: { why: 'ä'.repeat(129) } },
        'nothing of the kind',
        { ...GOOD, predictionId: '' },
      ]);
      assert.equal(status, 400);
      const { mistakes } = body as { mistakes: { path: (string | number)[]; message: string }[] };
      assert.deepEqual(
        mistakes.map(({ path, message }) => `${path.join('.')} ${message}`.replace(/, got .*|; is the agent.*/, '')),
        [
          "1 'predictionId' is missing here",
          '2 model version m ghost is not known here',
          '3.values.delay expected a number, a text, true, false or null',
          '4 values: expected at least one',
          "5.weight unknown key 'weight'; known here: model, version, predictionId, at, values",
          '5.at expected a time such as 2001-01-31T23:00:00Z',
          '6 outcome 2001-01-01T00:00:01.000Z lies after 2001-01-01T00:00:00.000Z',
          '7.at expected a time such as 2001-01-31T23:00:00Z',
          '8 outcome/why: expected at most 256 bytes of text',
          '9 expected a mapping (key: value)',
          '10 prediction_id: expected 1 to 128 bytes',
        ],
      );
      assert.deepEqual(await kept(), []);
    }));

  test('are refused with a value of no kind, whatever its field is called', () =>
    withOutcomes(async (ask, kept) => {
      for (const field of ['a', 'a\u2028b', 'a\nb']) {
        const { status } = await ask('/api/v1/outcomes', 'POST', [{ ...GOOD, values: { [field]: { b: 1 } } }]);
        assert.equal(status, 400, JSON.stringify(field));
      }
      assert.equal((await ask('/api/v1/outcomes', 'POST', '[{"values":{"__proto__":1}}]')).status, 400);
      assert.deepEqual(await kept(), []);
    }));

  test('are refused with an answer that stays small, however many mistakes there are', () =>
    withOutcomes(async (ask) => {
      for (const [count, expected] of [
        [4_096, 1_000],
        [400_000, 1],
      ] as const) {
        const { status, body } = await ask('/api/v1/outcomes', 'POST', new Array(count).fill(1));
        assert.equal(status, 400);
        assert.equal((body as { mistakes: unknown[] }).mistakes.length, expected);
        assert.match((body as { message: string }).message, new RegExp(`${count}`));
      }
    }));

  test('are refused where the body is none, or too large', () =>
    withOutcomes(async (ask, kept) => {
      for (const [body, expected] of [
        [{}, 400],
        ['{', 400],
        ['null', 400],
        [GOOD, 400],
        [[{ ...GOOD, values: { a: 'x'.repeat(1024 * 1024) } }], 413],
      ] as const) {
        const { status, body: answer } = await ask('/api/v1/outcomes', 'POST', body);
        assert.equal(status, expected, JSON.stringify(answer));
        assert.notEqual((answer as { message: string }).message, '');
      }
      assert.deepEqual(await kept(), []);
    }));
});
