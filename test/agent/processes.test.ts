import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { FakeCollector } from './fake-collector.ts';

const FLAGS = ['--conditions=tidemark-source', '--disable-warning=ExperimentalWarning'];

describe('agents of several processes', () => {
  let collector: FakeCollector;
  beforeEach(async () => {
    collector = await new FakeCollector().start();
  });
  afterEach(() => collector.kill());

  /** Runs a CommonJS program, which may start others of its kind, to its end. */
  async function run(program: string): Promise<void> {
    const prelude = `
      const one = async () => {
        const { createAgent } = await import('${import.meta.resolve('@tidemark/agent')}');
        const agent = createAgent({ collector: '${collector.address}', model: { name: 'm', version: '1' } });
        agent.wrap((x) => x)(1);
        const { delivered } = await agent.flush({ timeoutMs: 20000 });
        if (!delivered) process.exitCode = 3;
        return agent;
      };
      const note = (code) => { if (code !== 0) process.exitCode = 4; };`;
    const directory = await mkdtemp(join(tmpdir(), 'tidemark-processes-'));
    const file = join(directory, 'program.cjs');
    await writeFile(file, prelude + program);
    const { stderr } = await promisify(execFile)(process.execPath, [...FLAGS, file], { timeout: 60_000 });
    assert.equal(stderr, '');
    await rm(directory, { recursive: true });
  }

  /** Each reported one row, under ids and sequences of its own. */
  function assertApart(agents: number): { pids: number; threads: number[] } {
    const batches = collector.arrived.map(({ batch }) => batch);
    assert.equal(collector.rows, agents);
    assert.equal(new Set(batches.map(({ sourceId }) => Buffer.from(sourceId).toString('hex'))).size, agents);
    assert.deepEqual(new Set(batches.map(({ sequence }) => Number(sequence))), new Set([1]));
    const threads = batches.map(({ agent }) => agent?.threadId ?? -1).sort();
    return { pids: new Set(batches.map(({ agent }) => agent?.pid)).size, threads };
  }

  it('of a cluster report as themselves', async () => {
    await run(`
      const cluster = require('node:cluster');
      if (cluster.isPrimary) {
        for (let i = 0; i < 3; i++) cluster.fork().on('exit', note);
        void one();
      } else void one().then(() => cluster.worker.disconnect());`);
    assert.deepEqual(assertApart(4), { pids: 4, threads: [0, 0, 0, 0] });
  });

  it('of forks report as themselves', async () => {
    await run(`
      if (process.send === undefined) {
        for (let i = 0; i < 2; i++) require('node:child_process').fork(__filename).on('exit', note);
        void one();
      } else void one().then(() => process.disconnect());`);
    assert.deepEqual(assertApart(3), { pids: 3, threads: [0, 0, 0] });
  });

  it('of worker threads report as themselves, with the number of their thread', async () => {
    await run(`
      const { Worker, isMainThread } = require('node:worker_threads');
      if (isMainThread) {
        for (let i = 0; i < 2; i++) new Worker(__filename).on('exit', note);
      }
      void one();`);
    const { pids, threads } = assertApart(3);
    assert.deepEqual([pids, threads], [1, [0, 1, 2]]);
  });

  it('that are several in one process report as themselves', async () => {
    await run('void one(); void one();');
    assert.deepEqual(assertApart(2), { pids: 1, threads: [0, 0] });
  });
});
