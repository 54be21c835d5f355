import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { PACKAGES, type PackageName, type PackedWorkspace, packWorkspace, ROOT } from './packed-workspace.ts';

/** What each package makes its users install, and no more. */
const DEPENDENCIES: Readonly<Record<PackageName, readonly string[]>> = {
  sketch: [],
  proto: ['@bufbuild/protobuf', '@tidemark/sketch'],
  agent: ['@bufbuild/protobuf', '@grpc/grpc-js', '@opentelemetry/api', '@tidemark/proto', '@tidemark/sketch'],
  collector: [
    '@bufbuild/protobuf',
    '@electric-sql/pglite',
    '@fastify/swagger',
    '@grpc/grpc-js',
    '@opentelemetry/api',
    '@opentelemetry/exporter-prometheus',
    '@opentelemetry/resources',
    '@opentelemetry/sdk-metrics',
    '@opentelemetry/sdk-node',
    '@tidemark/proto',
    '@tidemark/sketch',
    'csv-parse',
    'fastify',
    'hyparquet',
    'pg',
    'pino',
    'typebox',
    'yaml',
  ],
};

/** What each front door hands out at run time; types are checked by the compiler below. */
const EXPORTS: Readonly<Record<PackageName, readonly string[]>> = {
  sketch: [
    'BASELINE_SIZE_RULE',
    'Categories',
    'DEFAULT_CATEGORY_CAP',
    'DEFAULT_DIRECTIONS',
    'DEFAULT_SEED',
    'DISTINCT_STANDARD_ERROR',
    'Digest',
    'Distinct',
    'KeyCursor',
    'Kinds',
    'MAX_CATEGORY_CAP',
    'MAX_CENTROIDS',
    'MAX_COUNT',
    'MAX_DIRECTIONS',
    'MAX_KEY_BYTES',
    'Moments',
    'PairMoments',
    'Projections',
    'SERIES_KINDS',
    'SketchError',
    'Summary',
    'WINDOW_SIZE_RULE',
    'categoryKey',
    'directionsOf',
    'maxVectorSize',
  ],
  proto: [
    'AgentHealthSchema',
    'AgentInfoSchema',
    'BatchSchema',
    'CollectorService',
    'DatasetSchema',
    'EventSchema',
    'FieldBoundsSchema',
    'FieldSchemaSchema',
    'KindsSchema',
    'LIMITS',
    'LossSchema',
    'ModelSettingsSchema',
    'ModelVersionSchema',
    'NamedValueSchema',
    'OutcomeSchema',
    'REPORT_METHOD',
    'ReceiptSchema',
    'Receipt_Status',
    'RefusalSchema',
    'STAGES',
    'STRATA',
    'SeriesKindMessage',
    'SettingsSchema',
    'Stratum',
    'SummarySchema',
    'VIOLATION_ACTIONS',
    'ViolationSchema',
    'WINDOW_WIDTHS_MS',
    'WindowSchema',
    'WireError',
    'checkBounds',
    'checkModelSettings',
    'checkName',
    'checkOutcome',
    'decodeEvent',
    'decodeHealth',
    'decodeOutcome',
    'decodeSettings',
    'decodeSummary',
    'decodeValue',
    'encodeEvent',
    'encodeHealth',
    'encodeOutcome',
    'encodeSettings',
    'encodeSummary',
    'encodeValue',
    'isStage',
    'toCount',
  ],
  agent: [
    'AgentError',
    'LOSS_REASONS',
    'Share',
    'TidemarkInstrumentation',
    'TidemarkRejection',
    'confidenceOf',
    'createAgent',
    'describeOnnx',
    'onnxModel',
    'predictionIdOf',
    'verdictOf',
  ],
  collector: ['Collector', 'CollectorError', 'SETTINGS', 'createLog', 'loadConfig'],
};

/** Uses the types of every front door the way a reader of the README would. */
const TYPED_USE = `
import { createAgent, type Agent, type AgentStats } from '@tidemark/agent';
import { type Config, loadConfig, SETTINGS } from '@tidemark/collector';
import { decodeSummary, encodeSummary, LIMITS } from '@tidemark/proto';
import { Digest, Summary } from '@tidemark/sketch';

const digest = new Digest();
export const median: number = digest.quantile(0.5);
export const there: Summary = decodeSummary(encodeSummary({ stage: 'feature', field: 'x', slice: '' }, new Summary('number'))).summary;
export const bytes: number = LIMITS.maxBytes;
export const agent: Agent = createAgent({ collector: '127.0.0.1:7411', service: 's', model: { name: 'm', version: '1' } });
export const captured: number = (agent.stats() satisfies AgentStats).captured;
export const config: Promise<Config> = loadConfig(undefined, {});
export const keys: readonly string[] = SETTINGS.map(({ key }) => key);
`;

describe('the packages as they are published', { timeout: 120_000 }, () => {
  let packed: PackedWorkspace;
  before(async () => {
    packed = await packWorkspace();
  });
  after(() => packed?.remove());

  const filesOf = async (name: PackageName) => {
    const entries = await readdir(packed.folderOf(name), { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    return files.map((file) => file.slice(packed.folderOf(name).length + 1)).sort();
  };

  for (const name of PACKAGES) {
    test(`${name} holds its manifest, its licence and what was compiled, nothing else`, async () => {
      const files = await filesOf(name);
      for (const needed of ['LICENSE', 'dist/index.d.ts', 'dist/index.js', 'package.json']) {
        assert.ok(files.includes(needed), `${needed} is missing`);
      }
      const strange = files.filter(
        (file) => !/^(package\.json|README\.md|LICENSE|dist\/.+\.(js|d\.ts|sql))$/.test(file),
      );
      assert.deepEqual(strange, []);
      assert.deepEqual(
        files.filter((file) => /\.test\.|(^|\/)test\//.test(file)),
        [],
      );
      const licence = await readFile(join(packed.folderOf(name), 'LICENSE'), 'utf8');
      assert.equal(licence, await readFile(join(ROOT, 'LICENSE'), 'utf8'));
    });

    test(`${name} says nothing of the machine it was built on`, async () => {
      for (const file of await filesOf(name)) {
        const text = await readFile(join(packed.folderOf(name), file), 'utf8');
        for (const path of [packed.built, ROOT]) assert.ok(!text.includes(path), `${file} names ${path}`);
        assert.ok(!text.includes('sourceMappingURL'), `${file} points to a map`);
      }
    });

    test(`${name} makes its users install what was promised`, async () => {
      const { dependencies = {} } = await packed.manifestOf(name);
      assert.deepEqual(Object.keys(dependencies).sort(), DEPENDENCIES[name]);
      for (const [dependency, version] of Object.entries(dependencies)) {
        // Ours are published together and know each other exactly; a path or link of the workspace would break an installation.
        const form = dependency.startsWith('@tidemark/') ? /^\d+\.\d+\.\d+$/ : /^[~^]?\d+\.\d+\.\d+$/;
        assert.match(version, form, dependency);
        if (dependency.startsWith('@tidemark/')) {
          assert.equal(
            version,
            (await packed.manifestOf(dependency.slice('@tidemark/'.length) as PackageName)).version,
          );
        }
      }
    });

    test(`${name} opens by its front door in plain Node and hands out what was promised`, async () => {
      const code = `console.log(JSON.stringify(Object.keys(await import('@tidemark/${name}')).sort()))`;
      const { stdout, stderr } = await packed.node(['--input-type=module', '-e', code]);
      assert.equal(stderr, '');
      assert.deepEqual(JSON.parse(stdout), EXPORTS[name]);
    });

    test(`${name} has no side door`, async () => {
      const files = (await filesOf(name)).filter((file) => file.endsWith('.js') && file !== 'dist/index.js');
      for (const door of [files[0]!, 'dist/index.js', 'package.json']) {
        const { stderr } = await packed.node([
          '--input-type=module',
          '-e',
          `await import('@tidemark/${name}/${door}')`,
        ]);
        assert.match(stderr, /ERR_PACKAGE_PATH_NOT_EXPORTED/, door);
      }
    });
  }

  test('the file of the digest cannot be imported past the front door', async () => {
    assert.ok((await filesOf('sketch')).includes('dist/digest.js'));
    const code = `await import('@tidemark/sketch/dist/digest.js')`;
    assert.match((await packed.node(['--input-type=module', '-e', code])).stderr, /ERR_PACKAGE_PATH_NOT_EXPORTED/);
  });

  test('their types are there for a strict compiler', async () => {
    await mkdir(join(packed.app, 'node_modules/@types'), { recursive: true });
    await symlink(join(ROOT, 'node_modules/@types/node'), join(packed.app, 'node_modules/@types/node'));
    await writeFile(join(packed.app, 'package.json'), '{ "type": "module" }');
    await writeFile(join(packed.app, 'use.ts'), TYPED_USE);
    const flags = ['--strict', '--noEmit', '--module', 'nodenext', '--target', 'es2024', '--types', 'node'];
    const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
    const run = promisify(execFile)(process.execPath, [compiler, ...flags, 'use.ts'], { cwd: packed.app });
    await run.catch((error: Error & { stdout?: string }) => assert.fail(error.stdout || error.message));
  });

  describe('tidemark', () => {
    const program = async () => {
      const { bin } = await packed.manifestOf('collector');
      return join(packed.folderOf('collector'), bin?.tidemark ?? assert.fail('no program named tidemark'));
    };

    test('says how it is used', async () => {
      const file = await program();
      assert.match(await readFile(file, 'utf8'), /^#!\/usr\/bin\/env node\n/);
      const { code, stdout } = await packed.node([file, '--help']);
      assert.equal(code, 0);
      assert.match(stdout, /^usage:\n {2}tidemark serve /);
    });

    test('carries every migration, and the worker of the embedded database', async () => {
      const files = await filesOf('collector');
      const source = (await readdir(join(ROOT, 'collector/src/store/migrations'))).sort();
      assert.ok(source.length > 0);
      assert.deepEqual(
        files.filter((file) => file.endsWith('.sql')),
        source.map((file) => `dist/store/migrations/${file}`),
      );
      assert.ok(files.includes('dist/store/embedded-worker.js'));
    });

    test('makes a store in an empty folder and finds it again', async () => {
      const file = await program();
      const env = { TIDEMARK_DATA_DIR: join(packed.app, 'data'), TIDEMARK_LOG: 'silent' };
      const made = await packed.node([file, 'migrate'], env);
      assert.deepEqual([made.code, made.stderr], [0, '']);
      assert.match(made.stdout, /^applied: 000001-models-and-windows/);
      const found = await packed.node([file, 'baseline', 'list', '--json'], env);
      assert.deepEqual(found, { code: 0, stdout: '[]\n', stderr: '' });
    });
  });
});
