import assert from 'node:assert/strict';
import { test } from 'node:test';
import { textTable } from '../../../collector/src/commands/text-table.ts';

test('figures stand under their titles, names to the left', () => {
  const rows = [
    ['a long name', '1', '2.000'],
    ['b', '10'],
  ];
  assert.deepEqual(textTable(['name', 'n', 'psi'], rows, 80), [
    'name          n    psi',
    'a long name   1  2.000',
    'b            10',
  ]);
});

test('columns that do not fit go into blocks below, each with the names in front', () => {
  const lines = textTable(['name', 'one', 'two', 'three'], [['x', '1', '2', '3']], 14);
  assert.deepEqual(lines, ['name  one  two', 'x       1    2', '', 'name  three', 'x         3']);
});
