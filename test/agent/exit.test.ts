import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { AgentProgram } from '../support/agent-program.ts';
import { FakeCollector } from './fake-collector.ts';

const CLEAN = { code: null, signal: null, stderr: '', lines: [] };
const READY = "console.log('ready'); setInterval(() => {}, 1000);";

describe('a process that ends', () => {
  let collector: FakeCollector;
  let running: AgentProgram | undefined;
  beforeEach(async () => {
    collector = await new FakeCollector().start();
  });
  afterEach(async () => {
    running?.child.kill('SIGKILL');
    await running?.end();
    running = undefined;
    collector.kill();
  });
  const start = (body: string, options = '') => {
    running = new AgentProgram(collector.address, body, options);
    return running;
  };

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    it(`by ${signal} sends what it has and dies of the signal, as without an agent`, async () => {
      const program = start(`predict(1); predict(2); ${READY}`);
      await program.line();
      program.child.kill(signal);
      assert.deepEqual(await program.end(), { ...CLEAN, signal });
      assert.equal(collector.rows, 2);
    });
  }

  it('by SIGTERM is not held up for longer than two seconds by a collector that does not answer', async () => {
    collector.answer = () => 'silence';
    const program = start(`predict(1); ${READY}`);
    await program.line();
    const begin = performance.now();
    program.child.kill('SIGTERM');
    assert.equal((await program.end()).signal, 'SIGTERM');
    const took = performance.now() - begin;
    assert.ok(took > 1_500 && took < 4_000, `${took} ms`);
  });

  it('by a second SIGTERM dies at once', async () => {
    let arrived = () => {};
    const first = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    collector.answer = () => {
      arrived();
      return 'silence';
    };
    const program = start(`predict(1); ${READY}`);
    await program.line();
    program.child.kill('SIGTERM');
    await first;
    const begin = performance.now();
    program.child.kill('SIGTERM');
    assert.equal((await program.end()).signal, 'SIGTERM');
    assert.ok(performance.now() - begin < 1_000);
  });

  it('decides itself where it listens itself: what it has is sent beside', async () => {
    const program = start(`
      process.on('SIGTERM', () => { console.log('mine'); predict(2); });
      predict(1); ${READY}`);
    await program.line();
    const arrived = new Promise<void>((resolve) => {
      collector.answer = () => {
        resolve();
        return {};
      };
    });
    program.child.kill('SIGTERM');
    assert.equal(await program.line(), 'mine');
    await arrived;
    program.child.kill('SIGTERM');
    assert.equal(await program.line(), 'mine');
    assert.deepEqual([program.child.exitCode, program.child.signalCode], [null, null]);
  });

  it('ends with its own code where its listener ends it', async () => {
    const program = start(`
      process.on('SIGTERM', async () => { await agent.stop(); process.exit(7); });
      predict(1); ${READY}`);
    await program.line();
    program.child.kill('SIGTERM');
    assert.equal((await program.end()).code, 7);
    assert.equal(collector.rows, 1);
  });

  it('shows a listener that looks whether it is the last that it is', async () => {
    // As signal-exit and its kind do.
    const program = start(`
      const mine = () => {
        console.log(process.listeners('SIGTERM').length);
        process.off('SIGTERM', mine);
        process.kill(process.pid, 'SIGTERM');
      };
      process.on('SIGTERM', mine); ${READY}`);
    await program.line();
    program.child.kill('SIGTERM');
    assert.equal(await program.line(), '1');
    assert.equal((await program.end()).signal, 'SIGTERM');
  });

  it('has no listener of ours where it wants none, and dies at once', async () => {
    const program = start(
      `
      predict(1); console.log(process.listenerCount('SIGTERM') + process.listenerCount('SIGINT'));
      setInterval(() => {}, 1000);`,
      'exitSignals: false',
    );
    assert.equal(await program.line(), '0');
    program.child.kill('SIGTERM');
    assert.equal((await program.end()).signal, 'SIGTERM');
    assert.equal(collector.rows, 0);
  });

  it('has one listener of each kind for any number of agents, and none after they stopped', async () => {
    const count = "['SIGTERM', 'SIGINT', 'beforeExit', 'exit'].map((name) => process.listenerCount(name)).join()";
    const program = start(`
      const before = [0, 0, 0, 0];
      const more = Array.from({ length: 30 }, newAgent);
      console.log(${count});
      await Promise.all([agent, ...more].map((each) => each.stop({ timeoutMs: 0 })));
      console.log(${count});`);
    assert.equal(await program.line(), '1,1,1,1');
    assert.equal(await program.line(), '0,0,0,0');
    assert.deepEqual(await program.end(), { ...CLEAN, code: 0 });
  });

  it('because nothing is left to do sends what it has, though nobody asked', async () => {
    const program = start('predict(1); predict(2);');
    assert.deepEqual(await program.end(), { ...CLEAN, code: 0 });
    assert.equal(collector.rows, 2);
  });

  it('because nothing is left to do is not held up by a collector that is away', async () => {
    collector.kill();
    const program = start("process.once('beforeExit', () => console.log('empty')); predict(1);");
    await program.line();
    const begin = performance.now();
    assert.equal((await program.end()).code, 0);
    assert.ok(performance.now() - begin < 1_500);
  });

  it('because nothing is left to do waits two seconds at most for one that does not answer', async () => {
    collector.answer = () => 'silence';
    const program = start("process.once('beforeExit', () => console.log('empty')); predict(1);");
    await program.line();
    const begin = performance.now();
    assert.equal((await program.end()).code, 0);
    const took = performance.now() - begin;
    assert.ok(took > 1_500 && took < 4_000, `${took} ms`);
  });

  it('ends by itself though it measures its event loop', async () => {
    const program = start('predict(1); await agent.flush(); predict(2); await agent.flush();');
    assert.equal((await program.end()).code, 0);
    assert.equal(collector.rows, 2);
  });
});
