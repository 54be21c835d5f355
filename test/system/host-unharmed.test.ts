import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { FakeCollector } from '../agent/fake-collector.ts';
import { garbling, hung, noisy, slow, type Unkind } from './unkind-collectors.ts';

const CALLS = 1_000_000;
const WARM_UP = CALLS / 5;
const MIB = 1024 * 1024;
const PROGRAM = fileURLToPath(new URL('./million-calls.ts', import.meta.url));

type Report = {
  readonly changed: number;
  readonly grown: number;
  readonly captured: number;
  readonly sent: number;
  readonly pending: number;
  readonly lost: number;
  readonly dropped: Readonly<Record<string, number>>;
};

/** Runs the million calls in a process of their own; that it ends by itself, with 0, is part of every test. */
function run(env: Readonly<Record<string, string>>, onLine: (line: string) => void = () => {}): Promise<Report> {
  const args = ['--expose-gc', '--conditions=tidemark-source', '--disable-warning=ExperimentalWarning', PROGRAM];
  const child = spawn(process.execPath, args, {
    env: { ...process.env, CALLS: String(CALLS), ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 120_000,
  });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk;
    if (!text.includes('{') && text.endsWith('\n')) onLine(text.trim());
  });
  return new Promise((resolve, reject) => {
    child.on('exit', (code, signal) => {
      if (code === 0) resolve(JSON.parse(text.slice(text.indexOf('{'))) as Report);
      else reject(new Error(`the program ended with ${code ?? signal}: ${text}`));
    });
  });
}

function assertUnharmed(report: Report): void {
  assert.equal(report.changed, 0, 'calls changed');
  assert.ok(report.grown <= 32 * MIB, `grew by ${(report.grown / MIB).toFixed(1)} MiB`);
  assert.equal(report.captured, CALLS + WARM_UP);
  assert.equal(report.captured, report.sent + report.pending + report.lost, JSON.stringify(report));
}

const UNKIND: Readonly<Record<string, () => Promise<Unkind>>> = {
  'that is not there': async () => ({ address: '127.0.0.1:1', stop: async () => {} }),
  'that takes connections and is silent': hung,
  'that answers noise': noisy,
  'whose receipts are garbage': garbling,
  'that is slow': slow,
};

describe('a million calls', () => {
  for (const [name, start] of Object.entries(UNKIND)) {
    it(`are none the worse for a collector ${name}`, { timeout: 150_000 }, async (t) => {
      const collector = await start();
      t.after(() => collector.stop());
      const report = await run({ ADDRESS: collector.address });
      assertUnharmed(report);
      // Ten minutes are ten windows, which fit into memory: nothing goes before the stop.
      assert.deepEqual(
        { ...report.dropped, stopped: 0 },
        Object.fromEntries(Object.keys(report.dropped).map((k) => [k, 0])),
      );
    });
  }

  it('are none the worse for extractors that throw', { timeout: 150_000 }, async () => {
    assertUnharmed(await run({ TROUBLE: 'extractor' }));
  });

  it('are none the worse for checks that throw', { timeout: 150_000 }, async () => {
    assertUnharmed(await run({ TROUBLE: 'check' }));
  });

  it('are all counted when the collector was away for their ten minutes and comes back', {
    timeout: 150_000,
  }, async (t) => {
    const collector = await new FakeCollector().start();
    const { address } = collector;
    collector.kill();
    t.after(() => collector.kill());
    const report = await run({ ADDRESS: address, COMES_BACK: 'the calls are made' }, () => void collector.start());
    assertUnharmed(report);
    assert.deepEqual([report.sent, report.pending, report.lost], [CALLS + WARM_UP, 0, 0]);
    assert.equal(collector.rows, CALLS + WARM_UP);
    assert.equal(collector.series('feature/x').kinds.valid, CALLS + WARM_UP);
    // The answers of calls that failed are none.
    const failed = Math.floor((CALLS + WARM_UP) / 1_000);
    assert.equal(collector.errors, failed);
    assert.equal(collector.series('prediction/value').kinds.valid, CALLS + WARM_UP - failed);
    assert.equal(collector.windows.size, 10);
  });
});
