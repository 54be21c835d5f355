import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('./main.ts', import.meta.resolve('@tidemark/collector')));
const START_TIMEOUT_MS = 60_000;

/** The real collector, as `tidemark serve` runs it. */
export class CollectorProcess {
  readonly address: string;
  readonly httpUrl: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, grpcPort: number, httpPort: number) {
    this.#child = child;
    this.address = `127.0.0.1:${grpcPort}`;
    this.httpUrl = `http://127.0.0.1:${httpPort}`;
  }

  /** Resolves when it listens. @throws {Error} if it ends before. */
  static async start(settings: Readonly<Record<string, string>>): Promise<CollectorProcess> {
    const child = spawn(process.execPath, [...process.execArgv, PROGRAM, 'serve'], {
      env: {
        ...process.env,
        ...settings,
        TIDEMARK_GRPC: '127.0.0.1:0',
        TIDEMARK_HTTP: '127.0.0.1:0',
        TIDEMARK_LOG: 'error',
        // Loads are sent for days gone by; the embedded store keeps minutes for three.
        TIDEMARK_RETENTION_MINUTES: '14d',
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const listening = once(createInterface({ input: child.stdout! }), 'line', {
      signal: AbortSignal.timeout(START_TIMEOUT_MS),
    });
    const ended = once(child, 'exit').then(([code]) => {
      throw new Error(`the collector ended with ${code} before it listened`);
    });
    ended.catch(() => undefined);
    const [line] = await Promise.race([listening, ended]);
    const { grpcPort, httpPort } = JSON.parse(String(line)) as { grpcPort: number; httpPort: number };
    return new CollectorProcess(child, grpcPort, httpPort);
  }

  /** The most memory it has had resident so far, in bytes; null where the system does not say (it is in /proc on Linux). */
  peakBytes(): number | null {
    const file = `/proc/${this.#child.pid}/status`;
    const kilobytes = existsSync(file) ? /VmHWM:\s+(\d+) kB/.exec(readFileSync(file, 'utf8'))?.[1] : undefined;
    return kilobytes === undefined ? null : Number(kilobytes) * 1_024;
  }

  get pid(): number {
    return this.#child.pid!;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await ended;
  }
}
