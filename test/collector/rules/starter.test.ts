import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { formatMistakes } from '../../../collector/src/checked-yaml.ts';
import { loadRules } from '../../../collector/src/rules/load.ts';

test('the starter file loads without a mistake, for every model, with every kind of rule', () => {
  const path = resolve(import.meta.dirname, '../../../alerts/starter.yaml');
  const loaded = loadRules(readFileSync(path, 'utf8'), 'starter.yaml');
  assert.ok(loaded.ok, loaded.ok ? '' : formatMistakes(loaded.mistakes));
  const rules = loaded.rules.groups.flatMap((group) => group.rules);
  assert.deepEqual(
    new Set(rules.map((rule) => rule.judgement.kind)),
    new Set(['drift', 'schema', 'confidence', 'silence']),
  );
  assert.ok(rules.every((rule) => rule.judgement.model === null));
  assert.equal(loaded.rules.route, null);
});
