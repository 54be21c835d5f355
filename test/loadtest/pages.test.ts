import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { budgetOf } from '../../loadtest/bench/budget.ts';
import type { Effort } from '../../loadtest/bench/pages/effort.ts';
import { FAULTS } from '../../loadtest/bench/pages/fault-kinds.ts';
import { findings, isNamed } from '../../loadtest/bench/pages/findings.ts';
import { type Injected, injected } from '../../loadtest/bench/pages/injected.ts';
import type { Measured } from '../../loadtest/bench/pages/measured.ts';
import { CASES } from '../../loadtest/bench/pages/real/cases.ts';
import { judgeCase } from '../../loadtest/bench/pages/real/judge-case.ts';
import { isThere } from '../../loadtest/bench/pages/real/table.ts';
import { report } from '../../loadtest/bench/pages/report.ts';
import { undrifted } from '../../loadtest/bench/pages/undrifted.ts';

// Too few rows for the rules of the hour's distribution: to find out what chance does takes a minute. The rules' own tests have those.
const LITTLE: Effort = { models: 1, days: 2, rowsPerHour: 600, baselineRowsPerHour: 60, faultsOfKind: 1 };
const QUICKLY_SEEN = FAULTS.filter(({ alert }) => !['DistributionMoved', 'ConfidenceFell'].includes(alert));

const page = { alert: 'DistributionMoved', model: 'm', field: 'f', tick: 1, value: 0.6 };

function fault(kind: string, more: Partial<Injected> = {}): Injected {
  return { kind, how: 'so', expected: 'A', windows: 2, beside: [], wrong: [], ...more };
}

const measured: Measured = {
  undrifted: { fields: 25, days: 30, pages: [page] },
  faults: [
    fault('nulls'),
    fault('nulls', { windows: 3 }),
    fault('type', { wrong: [page] }),
    fault('unit', { windows: null }),
  ],
  real: [
    {
      name: 'elec2',
      rows: 10,
      fields: 2,
      known: [
        { what: 'joins', field: 'price', alert: 'A', rowsLater: 5 },
        { what: 'joins', field: 'demand', alert: null, rowsLater: null },
      ],
      wrong: ['A of day at row 3'],
      others: [{ field: 'other', alerts: { A: 2 } }],
    },
  ],
  missing: ['sea.csv'],
};

describe('the pages bench', () => {
  test('finds something for every line of its budget, and what was late or never named counts as not named', () => {
    const found = findings(measured);
    assert.deepEqual(
      [...found.keys()].sort(),
      budgetOf('pages')
        .map(({ id }) => id)
        .sort(),
    );
    const values = Object.fromEntries([...found].map(([id, { value }]) => [id, value]));
    assert.deepEqual(values, { N1: 1, N2: 1, N3: 2, N4: 1, N5: 1, N6: 1 });
    assert.match(found.get('N3')!.where!, /nulls, so; unit, so/);
  });

  test('says what was missed, what was false and which file is not here', () => {
    const text = report(measured, []);
    for (const part of [
      'demand: joins',
      'late, after 3',
      'wrong: A of day at row 3',
      'sea.csv is not here',
      'page: Dist',
    ])
      assert.ok(text.includes(part), part);
  });

  test('has fields that do not drift, about which the rules for tables say nothing', async () => {
    const { fields, pages } = await undrifted({ ...LITTLE, days: 1 }, () => undefined);
    assert.deepEqual({ fields, pages }, { fields: 25, pages: [] });
  });

  test('has faults of ten kinds, each of which is named by its rule within two windows, and no other field with it', async () => {
    const all = await injected(LITTLE, () => undefined, QUICKLY_SEEN);
    assert.ok(new Set(all.map(({ kind }) => kind)).size >= 10);
    assert.deepEqual(
      all.filter((one) => !isNamed(one) || one.wrong.length > 0),
      [],
    );
  });

  const taxis = CASES.find(({ name }) => name === 'taxis')!;
  const absent = taxis.files.every(isThere) ? false : `${taxis.files} is not here`;
  test('tells green taxis from yellow ones', { skip: absent }, async () => {
    const { known } = await judgeCase(taxis);
    assert.deepEqual(
      known.map(({ alert }) => alert),
      known.map(() => 'DistributionDrifted'),
    );
  });
});
