import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, it } from 'node:test';
import { FakeCollector } from './fake-collector.ts';

const root = new URL('../../', import.meta.url);

/** Runs a program with an agent in a process of its own; its end within the time is part of every test. */
function run(collector: string, body: string): Promise<{ code: number; stdout: string; stderr: string }> {
  const program = `
    import { createAgent } from '@tidemark/agent';
    const agent = createAgent({ collector: '${collector}', model: { name: 'm', version: '1' }, flushIntervalMs: 100, log: () => {} });
    ${body}`;
  const args = [
    '--conditions=tidemark-source',
    '--disable-warning=ExperimentalWarning',
    '--input-type=module',
    '-e',
    program,
  ];
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: new URL('agent/', root), timeout: 20_000 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr });
    });
  });
}

describe('a process with an agent', () => {
  it('ends by itself when it has wrapped, recorded and done nothing else', async () => {
    const { code, stderr } = await run(
      '127.0.0.1:1',
      'const f = agent.wrap((x) => x, { features: (x) => ({ x }) }); f(1); f(2);',
    );
    assert.deepEqual([code, stderr], [0, '']);
  });

  it('ends by itself while its connection is idle, with everything delivered', async () => {
    const collector = await new FakeCollector().start();
    const { code, stdout, stderr } = await run(
      collector.address,
      'const f = agent.wrap((x) => x); f(1); f(2); console.log(JSON.stringify(await agent.flush()));',
    );
    assert.deepEqual([code, stdout, stderr, collector.rows], [0, '{"delivered":true,"pending":0}\n', '', 2]);
    collector.kill();
  });

  it('waits for a flush that it awaits, and ends though the collector is away', async () => {
    const { code, stdout } = await run(
      '127.0.0.1:1',
      'agent.wrap((x) => x)(1); console.log(JSON.stringify(await agent.flush({ timeoutMs: 300 })));',
    );
    assert.deepEqual([code, stdout], [0, '{"delivered":false,"pending":1}\n']);
  });

  it('dies of a rejection that nobody handles, as without an agent', async () => {
    const bare = await run('127.0.0.1:1', "(async () => { throw new RangeError('theirs'); })();");
    const wrapped = await run('127.0.0.1:1', "agent.wrap(async () => { throw new RangeError('theirs'); })();");
    assert.equal(bare.code, 1);
    assert.equal(wrapped.code, 1);
    assert.match(wrapped.stderr, /RangeError: theirs/);
  });

  it('takes no harm from extractors, clocks and logs that fail', async () => {
    const { code, stdout, stderr } = await run(
      '127.0.0.1:1',
      `const bad = () => { throw new Error('mine'); };
       const f = agent.wrap(async (x) => x * 2, { input: async () => bad(), features: bad, prediction: bad, confidence: () => [1], at: bad });
       console.log(await f(21), JSON.stringify(agent.stats().incomplete['extractor-failed']), agent.stats().captured);`,
    );
    assert.deepEqual([code, stdout, stderr], [0, '42 5 1\n', '']);
  });
});
