import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const BIOME = join(ROOT, 'node_modules/@biomejs/biome/bin/biome');

/** Room, import, and whether the house allows it. */
const ARROWS: readonly (readonly [room: string, from: string, allowed: boolean])[] = [
  ['sketch/src', 'node:fs', false],
  ['sketch/src', '@tidemark/proto', false],
  ['proto/src', '@tidemark/sketch', true],
  ['proto/src', '@grpc/grpc-js', false],
  ['agent/src/observe', '../record/capture.ts', true],
  ['agent/src/observe', '../export/exporter.ts', false],
  ['agent/src/observe', '../guard/guard.ts', true],
  ['agent/src/record', '@grpc/grpc-js', false],
  ['agent/src/record', '../guard/guard.ts', false],
  ['agent/src/guard', '../record/capture.ts', true],
  ['agent/src/guard', '../observe/wrap.ts', false],
  ['agent/src/guard', 'node:net', false],
  ['agent/src/events', '../guard/guard.ts', true],
  ['agent/src/events', '@tidemark/proto', false],
  ['agent/src/trace', '@opentelemetry/api', true],
  ['agent/src/trace', '@opentelemetry/sdk-node', false],
  ['agent/src/window', '../record/recorder.ts', false],
  ['agent/src/export', '@tidemark/proto', true],
  ['agent/src/export', 'onnxruntime-node', false],
  ['collector/src/access', '../clock.ts', true],
  ['collector/src/access', '../store/tokens.ts', false],
  ['collector/src/access', '@grpc/grpc-js', false],
  ['collector/src/tls', '../clock.ts', true],
  ['collector/src/tls', '../receive/listener.ts', false],
  ['collector/src/tls', 'node:net', false],
  ['collector/src/receive', '../tls/certificate-files.ts', true],
  ['collector/src/agent-settings', '@tidemark/proto', true],
  ['collector/src/agent-settings', '../store/models.ts', false],
  ['collector/src/receive', '../agent-settings/current-settings.ts', false],
  ['collector/src/drift', '@tidemark/sketch', true],
  ['collector/src/drift', '../store/summaries.ts', false],
  ['collector/src/drift', 'node:crypto', false],
  ['collector/src/drift', '../chance/chance.ts', false],
  ['collector/src/chance', '../drift/psi.ts', true],
  ['collector/src/chance', 'node:worker_threads', true],
  ['collector/src/chance', '../rules/rule.ts', false],
  ['collector/src/chance', '../store/baselines.ts', false],
  ['collector/src/rules', '../chance/chance.ts', true],
  ['collector/src/rules', '../drift/psi.ts', true],
  ['collector/src/rules', '../store/models.ts', false],
  ['collector/src/rules', 'pg', false],
  ['collector/src/alerting', '../notify/outbox.ts', false],
  ['collector/src/ingest', '@grpc/grpc-js', false],
  ['collector/src/ingest', '../store/batches.ts', false],
  ['collector/src/receive', '../ingest/ingest.ts', true],
  ['collector/src/receive', 'pg', false],
  ['collector/src/notify', '../alerting/alert.ts', true],
  ['collector/src/notify', 'node:https', false],
  ['collector/src/notify', '../store/deliveries.ts', false],
  ['collector/src/store', 'pg', true],
  ['collector/src/store', 'fastify', false],
  ['collector/src/api', '../store/models.ts', false],
  ['collector/src/api/routes', '../../store/models.ts', false],
  ['collector/src/store/move', '../../commands/export.ts', false],
  ['collector/src/store', '../doctor/check.ts', false],
  ['collector/src/rules', '../doctor/check.ts', false],
  ['collector/src/doctor', '../store/examine/server.ts', true],
  ['collector/src/doctor', '../rules/load.ts', true],
  ['collector/src/doctor', 'pg', false],
  ['collector/src/doctor', '../collector.ts', false],
  ['collector/src/commands', '../doctor/examine.ts', true],
  ['collector/src/telemetry', '../ingest/commit-observer.ts', true],
  ['collector/src/telemetry', '../ingest/ingest.ts', false],
  ['collector/src/telemetry', '@opentelemetry/sdk-metrics', true],
  ['collector/src/ingest', '@opentelemetry/api', false],
  ['collector/src/api/routes', '@opentelemetry/api', false],
  ['collector/src/commands', '../ingest/ingest.ts', false],
];

type Report = {
  readonly diagnostics: readonly { readonly category: string; readonly location: { readonly path: unknown } }[];
};

/** Plants a file for every arrow in a house with our lint rules. @returns the numbers of the arrows that were stopped. */
async function plantAll(house: string): Promise<Set<number>> {
  await cp(join(ROOT, 'biome.json'), join(house, 'biome.json'));
  for (const [i, [room, from]] of ARROWS.entries()) {
    await mkdir(join(house, room), { recursive: true });
    await writeFile(
      join(house, room, `planted-${i}.ts`),
      `import { planted } from '${from}';\n\nexport const used = planted;\n`,
    );
  }
  const args = [
    BIOME,
    'lint',
    '--vcs-enabled=false',
    '--only=style/noRestrictedImports',
    '--reporter=json',
    '--max-diagnostics=none',
  ];
  const { stdout } = spawnSync(process.execPath, args, { cwd: house, encoding: 'utf8' });
  const { diagnostics } = JSON.parse(stdout) as Report;
  const stopped = diagnostics.filter(({ category }) => category === 'lint/style/noRestrictedImports');
  return new Set(stopped.map(({ location }) => Number(/planted-(\d+)/.exec(JSON.stringify(location))?.[1])));
}

describe('the lint holds the house to its arrows:', () => {
  let house = '';
  let stopped = new Set<number>();
  before(async () => {
    house = await mkdtemp(join(tmpdir(), 'tidemark-house-'));
    stopped = await plantAll(house);
  });
  after(() => rm(house, { recursive: true, force: true }));

  for (const [i, [room, from, allowed]] of ARROWS.entries()) {
    test(`${room} ${allowed ? 'may' : 'must not'} import ${from}`, () => assert.equal(stopped.has(i), !allowed));
  }
});
