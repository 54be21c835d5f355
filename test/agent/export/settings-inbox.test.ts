import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { LIMITS, SettingsSchema } from '@tidemark/proto';
import { SettingsInbox } from '../../../agent/src/export/settings-inbox.ts';
import type { VersionName } from '../../../agent/src/losses.ts';
import type { CollectorSettings } from '../../../agent/src/settings.ts';
import { FakeCollector } from '../fake-collector.ts';
import { makeAgent } from '../make-agent.ts';

type Given = MessageInitShape<typeof SettingsSchema>;
type Model = NonNullable<Given['models']>[number];
type Bounds = NonNullable<Model['bounds']>[number];

const field: Bounds = { stage: 'feature', field: 'x', min: -1, max: 1 };
const model: Model = { model: 'm', version: '1', bounds: [field], confidenceFloor: 0.25, eventShare: 0 };
const withBounds = (...bounds: Bounds[]): Given => ({ revision: 9n, models: [{ ...model, bounds }] });

const WRONG: Record<string, Given> = {
  'no revision': { models: [model] },
  'a revision beyond numbers': { revision: 2n ** 60n, models: [] },
  'a bound that is no number': withBounds({ ...field, min: Number.NaN }),
  'an infinite bound': withBounds({ ...field, max: Number.POSITIVE_INFINITY }),
  'bounds the wrong way round': withBounds({ ...field, min: 2 }),
  'a stage that is none': withBounds({ ...field, stage: 'features' }),
  'a field without a name': withBounds({ ...field, field: '' }),
  'a field twice': withBounds(field, field),
  'too many fields': withBounds(
    ...Array.from({ length: LIMITS.maxBounds + 1 }, (_, i) => ({ ...field, field: `f${i}` })),
  ),
  'too many categories': withBounds({
    ...field,
    values: Array.from({ length: LIMITS.maxBounds + 1 }, (_, i) => `${i}`),
  }),
  'a category too long': withBounds({ ...field, values: ['x'.repeat(1_025)] }),
  'a model without a name': { revision: 9n, models: [{ ...model, model: '' }] },
  'a model twice': { revision: 9n, models: [model, model] },
  'too many models': { revision: 9n, models: Array.from({ length: 257 }, (_, i) => ({ ...model, version: `${i}` })) },
  'a share above one': { revision: 9n, models: [{ ...model, eventShare: 1.5 }] },
  'a share that is no number': { revision: 9n, models: [{ ...model, eventShare: Number.NaN }] },
  'a floor that is no number': { revision: 9n, models: [{ ...model, confidenceFloor: Number.NaN }] },
};

describe('settings of the collector', () => {
  const handed: unknown[] = [];
  const said: string[] = [];
  let inbox: SettingsInbox;
  beforeEach(() => {
    handed.length = 0;
    said.length = 0;
    inbox = new SettingsInbox(
      (settings) => handed.push(settings),
      (message) => said.push(message),
    );
  });
  const take = (given: Given, versions: readonly VersionName[] = []) =>
    inbox.take(create(SettingsSchema, given), versions);

  it('are handed on as they are, frozen', () => {
    take({ revision: 3n, models: [{ ...model, bounds: [field, { stage: 'input', field: 'c', values: ['a', 'b'] }] }] });
    const bounds = [field, { stage: 'input', field: 'c', values: ['a', 'b'] }];
    const expected = { model: 'm', version: '1', bounds, confidenceFloor: 0.25, eventShare: 0 };
    assert.deepEqual(handed, [{ revision: 3, models: [expected] }]);
    assert.ok(Object.isFrozen(handed[0]));
    assert.equal(inbox.revision, 3);
  });

  it('say nothing of what they leave out', () => {
    take({ revision: 1n, models: [{ model: 'm', version: '1', bounds: [{ stage: 'feature', field: 'x' }] }] });
    const bounds = [{ stage: 'feature', field: 'x' }];
    assert.deepEqual(handed, [{ revision: 1, models: [{ model: 'm', version: '1', bounds }] }]);
  });

  it('of an older revision are not, of the same one again they are, since they may say more', () => {
    for (const revision of [5n, 5n, 4n, 0n, 6n]) take({ revision, models: [model] });
    inbox.take(undefined, []);
    assert.deepEqual(
      handed.map((settings) => (settings as CollectorSettings).revision),
      [5, 5, 6],
    );
    assert.deepEqual(said, []);
  });

  for (const [what, given] of Object.entries(WRONG)) {
    it(`with ${what} are ignored as a whole`, () => {
      take(given);
      assert.deepEqual([handed, inbox.revision], [[], 0]);
      assert.equal(said.length, given.revision === undefined ? 0 : 1);
      take({ revision: 9n, models: [model] });
      assert.equal(handed.length, 1);
    });
  }

  it('are asked for by the smallest revision among the versions of a batch', () => {
    const [one, other, third] = ['1', '2', '3'].map((version) => ({ model: 'm', version })) as [
      VersionName,
      VersionName,
      VersionName,
    ];
    assert.equal(inbox.revisionOf([one, other]), 0);
    // The answer to both names the first only: the other has none.
    take({ revision: 5n, models: [model] }, [one, other]);
    assert.deepEqual([inbox.revisionOf([one, other]), inbox.revisionOf([one, third])], [5, 0]);
    // Settings of a version that is served only now may be older than those of others.
    take({ revision: 4n, models: [{ ...model, version: '3' }] }, [third]);
    assert.deepEqual([inbox.revisionOf([third]), inbox.revisionOf([one, third]), inbox.revision], [4, 4, 5]);
    take({ revision: 6n, models: [{ ...model, version: '3' }] }, [third]);
    assert.deepEqual([inbox.revisionOf([third]), inbox.revisionOf([one])], [6, 5]);
    assert.equal(handed.length, 3);
  });

  it('that cannot be used are said once', () => {
    for (let i = 0; i < 3; i++) take(withBounds({ ...field, min: 2 }));
    assert.deepEqual(said, ['the collector sent settings that cannot be used: min: expected at most max (1), got 2']);
  });

  it('do no harm where they are put to use', () => {
    const failing = new SettingsInbox(
      () => {
        throw new Error('theirs');
      },
      (message) => said.push(message),
    );
    failing.take(create(SettingsSchema, { revision: 1n, models: [model] }), []);
    assert.deepEqual(said, ['settings of the collector could not be put to use: theirs']);
  });
});

describe('an agent that is told settings', () => {
  let collector: FakeCollector;
  beforeEach(async () => {
    collector = await new FakeCollector().start();
  });
  afterEach(() => collector.kill());

  it('goes by them from the receipt on, and says so with the next batch', async () => {
    const agent = makeAgent({ collector: collector.address });
    const bounds = [{ stage: 'feature', field: 'x', max: 1 }];
    const none = [{ model: 'flight-delay', version: '1' }];
    const models = [{ model: 'flight-delay', version: '1', bounds, confidenceFloor: 0.5 }];
    collector.answer = (_, nth) => ({
      settings: create(
        SettingsSchema,
        nth === 2 ? { revision: 3n } : { revision: nth < 4 ? 7n : 9n, models: nth < 4 ? models : none },
      ),
    });
    const found: (string | undefined)[][] = [];
    const predict = agent.wrap((x: number) => ({ x }), {
      features: (x) => ({ x }),
      confidence: (_, x) => (x === 1 ? 0.1 : 0.9),
      guard: { bounds: true, onVerdict: ({ violations }) => found.push(violations.map(({ check }) => check)) },
    });
    for (let round = 0; round < 6; round++) {
      for (let x = 0; x < 3; x++) predict(x);
      await agent.flush({ timeoutMs: 5_000 });
      found.push([`after round ${round}`]);
    }
    const bounded = [['confidence'], ['statistical']];
    const expected = [[], bounded, bounded, bounded, [], []].flatMap((verdicts, round) => [
      ...verdicts,
      [`after round ${round}`],
    ]);
    assert.deepEqual(found, expected);
    assert.deepEqual(
      collector.arrived.map(({ batch }) => Number(batch.settingsRevision)),
      [0, 7, 7, 7, 9, 9],
    );
    assert.equal(agent.stats().settingsRevision, 9);
    await agent.stop({ timeoutMs: 5_000 });
  });
});
