import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const PACKAGES = ['sketch', 'proto', 'agent', 'collector'] as const;
export type PackageName = (typeof PACKAGES)[number];

/** What has been read of a `package.json`. */
export type Manifest = {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly bin?: Readonly<Record<string, string>>;
};

/** The packages as their users get them: built from a copy of the sources, packed, and unpacked in an empty folder. */
export type PackedWorkspace = {
  /** A project that has the packages installed and nothing else. */
  readonly app: string;
  /** The folder in which everything was built; its path must not be found in what was packed. */
  readonly built: string;
  /** Where a package lies unpacked. */
  folderOf(name: PackageName): string;
  manifestOf(name: PackageName): Promise<Manifest>;
  /** Runs plain Node in the project. */
  node(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<{ code: number; stdout: string; stderr: string }>;
  remove(): Promise<void>;
};

/**
 * Builds with the workspace's own command, in a copy, so that no stale output is packed and none of the workspace is touched.
 * A package finds only what it depends on itself: every one has a `node_modules` of its own, so that a dependency that is
 * used but not declared is missing. Third-party packages are links into the workspace; the network is not used.
 */
export async function packWorkspace(): Promise<PackedWorkspace> {
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-pack-'));
  const built = join(folder, 'workspace');
  await copySources(built);
  await npm(built, ['run', 'build']);
  const tarballs = join(folder, 'tarballs');
  await mkdir(tarballs);
  await npm(built, ['pack', ...PACKAGES.flatMap((name) => ['-w', name]), '--pack-destination', tarballs]);
  const homeOf = (name: PackageName) => join(folder, 'packages', name, 'node_modules');
  const folderOf = (name: PackageName) => join(homeOf(name), '@tidemark', name);
  const manifestOf = async (name: PackageName) =>
    JSON.parse(await readFile(join(folderOf(name), 'package.json'), 'utf8')) as Manifest;
  const app = join(folder, 'app');
  for (const name of PACKAGES) {
    await unpack(tarballs, name, folderOf(name));
    await link(folderOf(name), join(app, 'node_modules/@tidemark', name));
  }
  for (const name of PACKAGES) {
    for (const dependency of Object.keys((await manifestOf(name)).dependencies ?? {})) {
      const isOurs = dependency.startsWith('@tidemark/');
      const target = isOurs ? folderOf(basename(dependency) as PackageName) : join(ROOT, 'node_modules', dependency);
      await link(target, join(homeOf(name), dependency));
    }
  }
  return {
    app,
    built,
    folderOf,
    manifestOf,
    node: (args, env = {}) => runNode(app, args, env),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** The sources with the workspace's dependencies, but with its own packages being those of the copy. */
async function copySources(to: string): Promise<void> {
  const left = new Set(['node_modules', 'dist', '.git', 'test', '.tidemark']);
  await cp(ROOT, to, { recursive: true, filter: (path) => !left.has(basename(path)) });
  const from = join(ROOT, 'node_modules');
  for (const name of await readdir(from)) {
    if (name !== '@tidemark') await link(join(from, name), join(to, 'node_modules', name));
  }
  for (const name of PACKAGES) await link(join(to, name), join(to, 'node_modules/@tidemark', name));
}

async function npm(cwd: string, args: readonly string[]): Promise<void> {
  const env = { ...process.env, npm_config_offline: 'true', npm_config_update_notifier: 'false' };
  await run('npm', [...args], { cwd, env }).catch((error: Error & { stdout?: string; stderr?: string }) => {
    throw new Error(`npm ${args.join(' ')} failed:\n${error.stdout}${error.stderr}`, { cause: error });
  });
}

async function unpack(tarballs: string, name: PackageName, to: string): Promise<void> {
  const file = (await readdir(tarballs)).find((one) => one.startsWith(`tidemark-${name}-`));
  if (file === undefined) throw new Error(`npm pack left no tarball of ${name}`);
  await mkdir(to, { recursive: true });
  await run('tar', ['-xzf', join(tarballs, file), '-C', to, '--strip-components=1']);
}

async function link(target: string, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await symlink(target, path);
}

async function runNode(cwd: string, args: readonly string[], env: NodeJS.ProcessEnv) {
  const { NODE_OPTIONS: _, DATABASE_URL: __, ...rest } = process.env;
  try {
    const { stdout, stderr } = await run(process.execPath, [...args], { cwd, env: { ...rest, ...env } });
    return { code: 0, stdout, stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, stdout, stderr };
  }
}
