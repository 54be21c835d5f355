import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { deletionBounds } from '../../../collector/src/kept-for.ts';
import { retentionRules } from '../../../collector/src/store/retention-rules.ts';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 2, 10);
const KEPT = { minutes: 14 * DAY, hours: 400 * DAY, days: Infinity, events: 30 * DAY };

describe('the rules of retention', () => {
  test('are one for everything where nobody is kept for another time', () => {
    const rules = [{ versionIds: 'all', bounds: deletionBounds(KEPT, NOW) }];
    assert.deepEqual(retentionRules(KEPT, [], NOW), rules);
    assert.deepEqual(retentionRules(KEPT, [{ versionIds: [1, 2], keptFor: KEPT }], NOW), rules);
  });

  test('sweep at the longest time of all, and go through the versions that are kept for less', () => {
    const short = { ...KEPT, minutes: 2 * DAY };
    const long = { ...KEPT, events: 60 * DAY };
    const groups = [
      { versionIds: [1], keptFor: KEPT },
      { versionIds: [2, 3], keptFor: short },
      { versionIds: [4], keptFor: long },
      { versionIds: [], keptFor: short },
    ];
    assert.deepEqual(retentionRules(KEPT, groups, NOW), [
      { versionIds: 'all', bounds: deletionBounds(long, NOW) },
      { versionIds: [1], bounds: deletionBounds(KEPT, NOW) },
      { versionIds: [2, 3], bounds: deletionBounds(short, NOW) },
    ]);
  });

  test('end what is kept for ever only where everybody ends it', () => {
    const ending = { ...KEPT, days: 800 * DAY };
    const rules = retentionRules(KEPT, [{ versionIds: [1], keptFor: ending }], NOW);
    assert.equal(rules[0]?.bounds.days, -Infinity);
    assert.deepEqual(rules[1], { versionIds: [1], bounds: deletionBounds(ending, NOW) });
  });
});
