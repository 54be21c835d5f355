import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const FRONT_DOOR = new URL(import.meta.resolve('@tidemark/collector'));
/** The command line program stands beside the package's front door, in source as in what is published. */
const PROGRAM = fileURLToPath(new URL(FRONT_DOOR.pathname.endsWith('.ts') ? './main.ts' : './main.js', FRONT_DOOR));
const START_TIMEOUT_MS = 60_000;

/** Environment of the collector: its settings and whatever its rule file looks up. */
export type CollectorSettings = Readonly<Record<string, string>>;

/** Runs one `tidemark` command to its end and gives back what it printed. @throws Error with what it said on failure. */
export async function runCommand(args: readonly string[], settings: CollectorSettings): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [...process.execArgv, PROGRAM, ...args], {
    env: { ...process.env, ...settings },
  });
  return stdout.trim();
}

/** A collector in a process of its own, which can be killed and started again on the same ports. */
export class CollectorProcess {
  readonly #settings: CollectorSettings;
  readonly #log: WriteStream;
  #child: ChildProcess | undefined;
  #ports: { grpcPort: number; httpPort: number } | undefined;

  /** Its log goes to `logFile`. */
  constructor(settings: CollectorSettings, logFile: string) {
    this.#settings = settings;
    this.#log = createWriteStream(logFile, { flags: 'a' });
  }

  get grpcAddress(): string {
    return `127.0.0.1:${this.#ports?.grpcPort}`;
  }

  get httpUrl(): string {
    return `http://127.0.0.1:${this.#ports?.httpPort}`;
  }

  /** Id of the process; undefined before the first start. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Resolves when it listens. @throws Error if it ends before. */
  async start(): Promise<void> {
    const ports = this.#ports;
    const fixed = ports && {
      TIDEMARK_GRPC: `127.0.0.1:${ports.grpcPort}`,
      TIDEMARK_HTTP: `127.0.0.1:${ports.httpPort}`,
    };
    const child = spawn(process.execPath, [...process.execArgv, PROGRAM, 'serve'], {
      env: { ...process.env, ...this.#settings, ...fixed },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    child.stderr.pipe(this.#log, { end: false });
    let errors = '';
    child.stderr.on('data', (text: Buffer) => {
      errors = `${errors}${text}`.slice(-2_000);
    });
    const lines = createInterface({ input: child.stdout });
    const listening = once(lines, 'line', { signal: AbortSignal.timeout(START_TIMEOUT_MS) });
    const ended = once(child, 'exit').then(([code]) => {
      throw new Error(`the collector ended with ${code} before it listened:\n${errors}`);
    });
    const [line] = await Promise.race([listening, ended]);
    ended.catch(() => undefined);
    this.#ports = JSON.parse(String(line));
  }

  /** As a crash does: nothing is flushed, nothing said. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** In order: what was received is committed. Can be started again. */
  async terminate(): Promise<void> {
    await this.#end('SIGTERM');
  }

  /** Terminates it for good. */
  async stop(): Promise<void> {
    await this.terminate();
    this.#log.end();
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }
}
