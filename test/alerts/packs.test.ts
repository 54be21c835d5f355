import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { loadRuleTests } from '../../collector/src/alerting/rule-test/load-rule-tests.ts';
import { mismatchText, runRuleTests } from '../../collector/src/alerting/rule-test/run-rule-tests.ts';
import { formatMistakes } from '../../collector/src/checked-yaml.ts';

for (const pack of ['starter', 'tabular', 'vision', 'ranking']) {
  test(`the rules of ${pack}.yaml keep their own tests, which speak of every one of them`, async () => {
    const file = `${pack}.test.yaml`;
    const loaded = await loadRuleTests(resolve(import.meta.dirname, `../../alerts/tests/${file}`));
    assert.ok(loaded.ok, loaded.ok ? '' : formatMistakes(loaded.mistakes));
    const mismatches = await runRuleTests(loaded);
    assert.deepEqual(
      mismatches.map((one) => mismatchText(file, one)),
      [],
    );
    const rules = loaded.rules.groups.flatMap((group) => group.rules.map(({ alert }) => alert));
    const fired = loaded.file.tests.flatMap(({ expect }) =>
      expect.flatMap(({ alerts }) => alerts.filter(({ state }) => state === 'firing').map(({ alert }) => alert)),
    );
    assert.deepEqual([...new Set(fired)].sort(), rules.sort());
  });
}
