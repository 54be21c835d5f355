import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Batch } from '@tidemark/proto';
import type { ValidBatch } from '../../../collector/src/ingest/batch.ts';
import { validate } from '../../../collector/src/ingest/validate.ts';
import { HOUR, makeBatch, newSource, oneBound, PROJECT, T0, type TestWindow } from '../../support/batches.ts';

const BOUNDS = { oldest: oneBound(T0 - 24 * HOUR), newest: T0 + 24 * HOUR };
const GOOD: TestWindow = { series: [{ values: [1, 2] }] };

function validated(windows: readonly TestWindow[], spoil: (batch: Batch) => void = () => undefined): ValidBatch {
  const batch = makeBatch(newSource(), 1, windows);
  spoil(batch);
  return validate(batch, BOUNDS, PROJECT);
}

const refusalsOf = (batch: ValidBatch) => batch.refusals.map(({ part, code }) => `${part} ${code}`);

describe('validate', () => {
  test('takes a good batch whole', () => {
    const batch = validated([GOOD]);
    assert.deepEqual(batch.refusals, []);
    assert.match(batch.source, /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/);
    assert.equal(batch.windows[0]?.summaries[0]?.summary.kinds.valid, 2);
  });

  test('refuses all of a batch that was sealed so long ago that its id may be forgotten', () => {
    const seal = (days: number) =>
      validated([GOOD], (batch) => {
        batch.sealedAtUnixMs = BigInt(BOUNDS.newest - days * 24 * HOUR);
      });
    assert.deepEqual([seal(13).windows.length, seal(13).refusals], [1, []]);
    assert.deepEqual([seal(15).windows.length, refusalsOf(seal(15))], [0, ['windows[0] too_old']]);
  });

  const spoilt: [string, TestWindow, ((batch: Batch) => void) | undefined, string[]][] = [
    ['a window in the future', { ...GOOD, start: T0 + 25 * HOUR }, undefined, ['windows[0] in_the_future']],
    ['a window of 2100', { ...GOOD, start: Date.UTC(2100, 0, 1) }, undefined, ['windows[0] in_the_future']],
    ['a window past its retention', { ...GOOD, start: T0 - 25 * HOUR }, undefined, ['windows[0] too_old']],
    ['a window of 1970', { ...GOOD, start: 0 }, undefined, ['windows[0] too_old']],
    ['a width that no table has', { ...GOOD, widthMs: 5000 }, undefined, ['windows[0] bad_width']],
    ['a start between windows', { ...GOOD, start: T0 + 1 }, undefined, ['windows[0] malformed']],
    ['more errors than rows', { ...GOOD, rows: 1, errors: 2 }, undefined, ['windows[0] malformed']],
    ['an empty model name', { ...GOOD, model: '' }, undefined, ['model_versions[0] bad_name', 'windows[0] bad_name']],
    [
      'a name with a line break',
      { ...GOOD, version: 'a\nb' },
      undefined,
      ['model_versions[0] bad_name', 'windows[0] bad_name'],
    ],
    [
      'a name of 200 bytes',
      { series: [{ field: 'x'.repeat(200), values: [1] }] },
      undefined,
      ['windows[0].summaries[0] bad_name'],
    ],
    [
      'an unknown stage',
      { series: [{ stage: 'elsewhere', values: [1] }] },
      undefined,
      ['windows[0].summaries[0] bad_name'],
    ],
    [
      'too many summaries',
      { series: Array.from({ length: 513 }, (_, i) => ({ field: `f${i}`, values: [1] })) },
      undefined,
      ['windows[0] too_large'],
    ],
    [
      'a digest cut short',
      GOOD,
      (b) => spoilSummary(b, (s) => ({ digest: s.digest.subarray(0, -1) })),
      ['windows[0].summaries[0] malformed'],
    ],
    ['no kinds', GOOD, (b) => spoilSummary(b, () => ({ kinds: undefined })), ['windows[0].summaries[0] malformed']],
    [
      'a count that is not that of the digest',
      GOOD,
      (b) => spoilSummary(b, (s) => ({ kinds: { ...s.kinds, valid: 3n } })),
      ['windows[0].summaries[0] malformed'],
    ],
    [
      'categories in a number',
      GOOD,
      (b) => spoilSummary(b, (s) => ({ categories: s.digest })),
      ['windows[0].summaries[0] malformed'],
    ],
    [
      'rows beyond 2^53',
      GOOD,
      (b) => {
        for (const w of b.windows) w.rows = 2n ** 60n;
      },
      ['windows[0] malformed'],
    ],
    [
      'a bad checksum of the model',
      GOOD,
      (b) => {
        for (const v of b.modelVersions) if (v.version === '1') v.artifactSha256 = 'XYZ';
      },
      ['model_versions[0] malformed'],
    ],
  ];
  for (const [what, window, spoil, expected] of spoilt) {
    test(`refuses ${what} by name and keeps its neighbour`, () => {
      const batch = validated(
        [window, { ...GOOD, version: 'good' }],
        spoil &&
          ((b) => {
            const rest = b.windows.splice(1);
            spoil(b);
            b.windows.push(...rest);
          }),
      );
      assert.deepEqual(refusalsOf(batch), expected);
      assert.ok(batch.windows.some(({ version, summaries }) => version === 'good' && summaries.length === 1));
    });
  }

  test('cannot answer a batch without a source or a sequence', () => {
    assert.throws(
      () =>
        validated([GOOD], (b) => {
          b.sourceId = new Uint8Array(3);
        }),
      { code: 'malformed', message: /source_id: expected 16 bytes, got 3/ },
    );
    assert.throws(
      () =>
        validated([GOOD], (b) => {
          b.sequence = 0n;
        }),
      { code: 'malformed', message: /sequence/ },
    );
  });
});

function spoilSummary(batch: Batch, change: (summary: Batch['windows'][number]['summaries'][number]) => object): void {
  for (const window of batch.windows) for (const summary of window.summaries) Object.assign(summary, change(summary));
}
