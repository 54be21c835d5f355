import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { TestStore } from '../../support/database.ts';

const MAIN = fileURLToPath(new URL('../../../collector/src/main.ts', import.meta.url));
const FLAGS = ['--conditions=tidemark-source', '--disable-warning=ExperimentalWarning', MAIN];
const LONGEST_MS = 60_000;

/** How a run of `tidemark` ended and what it said. `code` is null where a signal ended it. */
export type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

/** Settings by environment variable; nothing of the settings of the machine that runs the tests comes through. */
export type Settings = Readonly<Record<string, string>>;

/** Settings for one test's store, listening on any free port, saying no more than errors. */
export function settingsFor(store: TestStore): Settings {
  return {
    DATABASE_URL: store.databaseUrl ?? '',
    TIDEMARK_DATA_DIR: store.dataDir,
    TIDEMARK_GRPC: '127.0.0.1:0',
    TIDEMARK_HTTP: '127.0.0.1:0',
    TIDEMARK_LOG: 'error',
  };
}

/** Runs one command to its end, in `cwd`. */
export function tidemark(args: readonly string[], settings: Settings = {}, cwd = tmpdir()): Promise<Ended> {
  return new Promise((resolve) => {
    const options = { cwd, env: environment(settings), timeout: LONGEST_MS };
    const child = execFile(process.execPath, [...FLAGS, ...args], options, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode, stdout, stderr }),
    );
  });
}

/** A running `tidemark serve`. */
export type Serving = {
  readonly child: ChildProcess;
  readonly grpcPort: number;
  readonly httpPort: number;
  /** What it says on standard error from now on, line by line; ends with it, or fails after a minute. */
  lines(): AsyncIterable<string>;
  end(): Promise<Ended>;
};

/** Starts `tidemark serve` and waits until it listens; it is killed after the test if it runs on. */
export async function serve(t: TestContext, settings: Settings): Promise<Serving> {
  const child = spawn(process.execPath, [...FLAGS, 'serve'], { cwd: tmpdir(), env: environment(settings) });
  t.after(() => void child.kill('SIGKILL'));
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].on('data', (text: Buffer) => {
      said[name] += text;
    });
  }
  const closed = once(child, 'close');
  const line = once(createInterface({ input: child.stdout }), 'line', { signal: AbortSignal.timeout(LONGEST_MS) });
  const early = closed.then(([code]) => Promise.reject(new Error(`serve ended with ${code}:\n${said.stderr}`)));
  const [first] = await Promise.race([line, early]);
  early.catch(() => undefined);
  const { grpcPort, httpPort } = JSON.parse(String(first)) as { grpcPort: number; httpPort: number };
  const end = async () => {
    child.kill('SIGTERM');
    const [code] = await closed;
    return { code: code as number | null, ...said };
  };
  const lines = () => createInterface({ input: child.stderr, signal: AbortSignal.timeout(LONGEST_MS) });
  return { child, grpcPort, httpPort, lines, end };
}

/** A folder of the test's own, with these files in it. */
export async function folderWith(t: TestContext, files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-command-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

/** The environment of a command with these settings: nothing of the machine's own is in it. */
export function environment(settings: Settings): NodeJS.ProcessEnv {
  const ours = Object.entries(process.env).filter(
    ([name]) => !/^(TIDEMARK_|OTEL_|DATABASE_URL$|NODE_OPTIONS$)/.test(name),
  );
  return { ...Object.fromEntries(ours), ...settings };
}
