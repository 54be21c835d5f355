import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, it } from 'node:test';

const room = new URL('../../../agent/src/trace/', import.meta.url);

/** Runs a program with the room in a process of its own, which has to end by itself; prints what it loads at its end. */
function run(body: string): Promise<{ code: number; loaded: string[]; stderr: string }> {
  const program = `
    import { registerHooks } from 'node:module';
    const loaded = [];
    registerHooks({ resolve: (name, from, next) => { const found = next(name, from); loaded.push(found.url); return found; } });
    const { Tracing } = await import('${room}tracing.ts');
    const { TidemarkInstrumentation } = await import('${room}instrumentation.ts');
    const say = (message) => { throw new Error(message); };
    const version = { model: 'm', version: '1' };
    ${body}
    process.on('exit', () => console.log(JSON.stringify(loaded)));`;
  const args = ['--conditions=tidemark-source', '--disable-warning=ExperimentalWarning', '--input-type=module', '-e'];
  return new Promise((resolve) => {
    execFile(process.execPath, [...args, program], { timeout: 20_000 }, (error, stdout, stderr) => {
      const loaded = error === null ? (JSON.parse(stdout) as string[]) : [];
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), loaded, stderr });
    });
  });
}

describe('a process without an SDK', () => {
  it('loads none, registers nothing, says nothing and ends by itself with everything switched on', async () => {
    const { code, loaded, stderr } = await run(`
      const tracing = new Tracing({ trace: true, metrics: true }, say);
      tracing.observe(() => ({ dropped: {}, queueBytes: 0 }));
      tracing.violated(version, { action: 'reject', violations: [] }, 'p-1');
      tracing.lowConfidence(version, 0.1);
      tracing.finished(version, 'inference', 1, false);
      tracing.settle();
      if (tracing.ids() !== undefined) say('ids of nothing');
      if (Object.getOwnPropertySymbols(globalThis).some((s) => String(s).includes('opentelemetry'))) say('registered');`);
    assert.deepEqual([code, stderr], [0, '']);
    assert.ok(loaded.some((url) => url.includes('@opentelemetry/api')));
    assert.deepEqual(
      loaded.filter((url) => /@opentelemetry\/(?!api\/)|onnxruntime|grpc/.test(url)),
      [],
    );
  });

  it('can be instrumented all the same, spans and all', async () => {
    const { code, loaded, stderr } = await run(`
      class InferenceSession { async run() { return 42; } }
      const agent = { instrument: () => () => {} };
      const instrumentation = new TidemarkInstrumentation({ agent, ort: { InferenceSession }, spans: true, enabled: true, log: say });
      if (await new InferenceSession().run() !== 42) say('another answer');
      instrumentation.disable();`);
    assert.deepEqual([code, stderr], [0, '']);
    assert.deepEqual(
      loaded.filter((url) => /@opentelemetry\/(?!api\/)|onnxruntime|grpc/.test(url)),
      [],
    );
  });
});
