import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decodeSettings, LIMITS, type PlainModelSettings, type Settings } from '@tidemark/proto';
import { SettingsTeller } from '../../../collector/src/receive/settings-teller.ts';
import { makeBatch, newSource, received } from '../../support/batches.ts';

const SOME: PlainModelSettings = { bounds: [{ stage: 'feature', field: 'x', max: 1 }], eventShare: 0.5 };

/** Settings by `model/version`, as they stand now. */
function source(current: Map<string, number>) {
  return {
    of: (_project: number, model: string, version: string) => {
      const revision = current.get(`${model}/${version}`);
      return revision === undefined ? undefined : { revision, settings: SOME };
    },
  };
}

/** A stream of one agent: what it is told when it reports these versions while it goes by this revision. */
function stream(current: Map<string, number>) {
  const [agent, teller] = [newSource(), new SettingsTeller(source(current))];
  return (revision: number, versions: readonly string[], from = agent) => {
    const batch = makeBatch(
      from,
      1,
      versions.map((version) => ({ version })),
    );
    batch.settingsRevision = BigInt(revision);
    return shown(teller.answer(received(batch)));
  };
}

function shown(settings: Settings | undefined): { revision: number; versions: string[] } | undefined {
  if (settings === undefined) return undefined;
  const { revision, models } = decodeSettings(settings);
  return { revision, versions: models.map(({ version }) => version) };
}

describe('what a receipt tells of settings', () => {
  test('is nothing where there are none', () => {
    assert.equal(stream(new Map())(0, ['1']), undefined);
  });

  test('is every change once, whether or not the agent goes by it yet', () => {
    const current = new Map([['m/1', 3]]);
    const report = stream(current);
    assert.deepEqual(report(0, ['1']), { revision: 3, versions: ['1'] });
    assert.equal(report(0, ['1']), undefined, 'batches that were sealed before the receipt came');
    assert.equal(report(3, ['1']), undefined);
    current.set('m/1', 4);
    assert.deepEqual(report(3, []), { revision: 4, versions: ['1'] });
    assert.equal(report(4, []), undefined);
  });

  test('is nothing on a new stream of an agent that has them', () => {
    assert.equal(stream(new Map([['m/1', 3]]))(3, ['1']), undefined);
  });

  test('is about the model versions of that agent alone', () => {
    const current = new Map([
      ['m/1', 3],
      ['m/2', 4],
      ['other/1', 5],
    ]);
    const report = stream(current);
    assert.deepEqual(report(0, ['1']), { revision: 3, versions: ['1'] });
    assert.deepEqual(
      report(0, ['1'], newSource()),
      { revision: 3, versions: ['1'] },
      'another agent knows nothing yet',
    );
  });

  test('is whole, since settings replace what came before', () => {
    const current = new Map([
      ['m/1', 3],
      ['m/2', 4],
    ]);
    const report = stream(current);
    assert.deepEqual(report(0, ['1', '2']), { revision: 4, versions: ['1', '2'] });
    current.set('m/1', 5);
    assert.deepEqual(report(4, ['2']), { revision: 5, versions: ['1', '2'] });
  });

  test('covers a version that is reported later, though its settings are older than what the agent has', () => {
    const report = stream(
      new Map([
        ['m/1', 5],
        ['m/2', 3],
      ]),
    );
    assert.deepEqual(report(0, ['1']), { revision: 5, versions: ['1'] });
    assert.deepEqual(report(5, ['2']), { revision: 5, versions: ['1', '2'] });
    assert.equal(report(5, ['1', '2']), undefined);
  });

  test('stays small enough for a receipt, and forgets what is no longer served', () => {
    const values = Array.from({ length: 1000 }, (_, i) => `${i}`.padEnd(LIMITS.maxKeyBytes, 'x'));
    const teller = new SettingsTeller({
      of: () => ({ revision: 1, settings: { bounds: [{ stage: 'input', field: 'x', values }] } }),
    });
    const versions = Array.from({ length: 300 }, (_, i) => ({ version: `${i}` }));
    const told = shown(teller.answer(received(makeBatch(newSource(), 1, versions))));
    assert.equal(told?.versions.at(-1), '299');
    assert.ok((told?.versions.length ?? 0) >= 20, `${told?.versions.length} versions`);
    assert.ok((told?.versions.length ?? 0) * values.length * LIMITS.maxKeyBytes < LIMITS.maxBytes / 2);
  });
});
