import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { AgentError, createAgent, LOSS_REASONS } from '@tidemark/agent';
import { AGENT_VERSION } from '../../agent/src/agent-version.ts';
import { readModel } from '../../agent/src/model-options.ts';
import { optionsMarkdown } from '../../agent/src/option-table.ts';
import { OPTION_TABLES } from '../../agent/src/option-tables.ts';
import { readAgentOptions } from '../../agent/src/options.ts';

const folder = new URL('../../agent/', import.meta.url);
const GOOD = { collector: 'localhost:7411', model: { name: 'm', version: '1' } };

const WRONG: [string, unknown][] = [
  ['collector', { ...GOOD, collector: 'http://localhost:7411' }],
  ['collector', { ...GOOD, collector: 'localhost:70000' }],
  ['collector', { model: GOOD.model }],
  ['model', { collector: GOOD.collector }],
  ['model.name', { ...GOOD, model: { version: '1' } }],
  ['model.version', { ...GOOD, model: { name: 'm', version: 'x'.repeat(129) } }],
  ['model.artifactSha256', { ...GOOD, model: { ...GOOD.model, artifactSha256: 'ABC' } }],
  ['model.dataset.from', { ...GOOD, model: { ...GOOD.model, dataset: { uri: 'u', from: 'yesterday' } } }],
  ['model.tags.team', { ...GOOD, model: { ...GOOD.model, tags: { team: 5 } } }],
  [
    'model.fields[0].stage',
    { ...GOOD, model: { ...GOOD.model, fields: [{ stage: 'features', field: 'x', kind: 'number' }] } },
  ],
  [
    'model.fields[0].min',
    { ...GOOD, model: { ...GOOD.model, fields: [{ stage: 'feature', field: 'x', kind: 'number', min: 2, max: 1 }] } },
  ],
  [
    'model.fields[0].values',
    { ...GOOD, model: { ...GOOD.model, fields: [{ stage: 'feature', field: 'x', kind: 'number', values: ['a'] }] } },
  ],
  ['windowMs', { ...GOOD, windowMs: 1_000 }],
  ['flushIntervalMs', { ...GOOD, flushIntervalMs: 0 }],
  ['maxQueueBytes', { ...GOOD, maxQueueBytes: 5 }],
  ['clock', { ...GOOD, clock: {} }],
  ['log', { ...GOOD, log: 'console' }],
  ['flushInterval', { ...GOOD, flushInterval: 5 }],
  ['options', 'localhost:7411'],
];

describe('agent options', () => {
  for (const [option, given] of WRONG) {
    it(`names a wrong ${option}: ${JSON.stringify(given)?.slice(0, 90)}`, () => {
      assert.throws(
        () => createAgent(given as never),
        (error: AgentError) => {
          assert.equal(error.code, 'TIDEMARK_OPTION_INVALID');
          assert.deepEqual(
            error.mistakes.map((mistake) => mistake.option),
            [option],
          );
          return error instanceof AgentError && error.message.includes(option);
        },
      );
    });
  }

  it('reports all mistakes at once', () => {
    const given = { collector: 7411, model: { name: '', version: '1', oops: 1 }, windowMs: 5, enabled: 'yes' };
    assert.throws(
      () => createAgent(given as never),
      (error: AgentError) => {
        assert.deepEqual(error.mistakes.map(({ option }) => option).sort(), [
          'collector',
          'enabled',
          'model.name',
          'model.oops',
          'windowMs',
        ]);
        return true;
      },
    );
  });

  it('are completed with defaults and frozen all through', () => {
    const tags = { team: 'ops' };
    const settings = readAgentOptions({ ...GOOD, model: { ...GOOD.model, tags } });
    assert.deepEqual(
      [settings.windowMs, settings.flushIntervalMs, settings.maxQueueBytes, settings.enabled],
      [60_000, 10_000, 32 * 1024 * 1024, true],
    );
    assert.ok(Object.isFrozen(settings) && Object.isFrozen(settings.model) && Object.isFrozen(settings.model.tags));
    tags.team = 'changed';
    assert.equal(settings.model.tags.team, 'ops');
  });

  it('stand in the README as they are declared', () => {
    // The formatter pads cells.
    const flat = (text: string) => text.replace(/-{3,}/g, '---').replace(/ *\| */g, '|');
    const readme = flat(readFileSync(new URL('README.md', folder), 'utf8'));
    const tables = Object.values(OPTION_TABLES).map(optionsMarkdown);
    const losses = Object.entries(LOSS_REASONS).map(([reason, { doc }]) => `| \`${reason}\` | ${doc} |`);
    for (const text of [...tables, ...losses]) assert.ok(readme.includes(flat(text)), text);
  });

  it('go with the version of the package', () => {
    const { version } = JSON.parse(readFileSync(new URL('package.json', folder), 'utf8'));
    assert.equal(AGENT_VERSION, version);
  });

  it('refuse a description that would not fit into a message with the data it describes', () => {
    const values = Array.from({ length: 256 }, (_, i) => `${i}`.padEnd(64, 'x'));
    const fields = Array.from({ length: 100 }, (_, i) => ({
      stage: 'input',
      field: `f${i}`,
      kind: 'category',
      values,
    }));
    assert.throws(
      () => readModel({ name: 'm', version: '1', fields }),
      ({ code, mistakes }: AgentError) => code === 'TIDEMARK_OPTION_INVALID' && mistakes[0]?.option === 'model',
    );
    assert.doesNotThrow(() => readModel({ name: 'm', version: '1', fields: fields.slice(0, 50) }));
  });
});
