import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const FLAGS = ['--conditions=tidemark-source', '--disable-warning=ExperimentalWarning'];

/** How a program ended, and what it printed after the lines that were asked for. */
export type ProgramEnd = {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stderr: string;
  readonly lines: readonly string[];
};

/**
 * A program in a process of its own that has an `agent`, and `predict`, which it wraps. `newAgent()` makes another.
 * @param options more options of the agent, as source.
 */
export class AgentProgram {
  readonly child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  #errors = '';

  constructor(collector: string, body: string, options = '') {
    const program = `
      import { createAgent } from '${import.meta.resolve('@tidemark/agent')}';
      const newAgent = () => createAgent({ collector: '${collector}', model: { name: 'm', version: '1' },
        flushIntervalMs: 3600000, log: () => {}, ${options} });
      const agent = newAgent();
      const predict = agent.wrap((x) => x, { features: (x) => ({ x }) });
      ${body}`;
    this.child = spawn(process.execPath, [...FLAGS, '--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const { stdout, stderr } = this.child;
    assert.ok(stdout && stderr);
    this.#lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
    stderr.on('data', (text: Buffer) => {
      this.#errors += text;
    });
  }

  /** The next line it prints; empty when there will be none. */
  async line(): Promise<string> {
    return (await this.#lines.next()).value ?? '';
  }

  async end(): Promise<ProgramEnd> {
    const { child } = this;
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    const lines: string[] = [];
    for (let line = await this.line(); line !== ''; line = await this.line()) lines.push(line);
    return { code: child.exitCode, signal: child.signalCode, stderr: this.#errors, lines };
  }
}
