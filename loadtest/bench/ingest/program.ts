import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

type Reply<Answer> = { readonly answer: Answer } | { readonly error: string };

/** A program in a process of its own that answers one command after the other. */
export class Program<Command extends object, Answer> {
  readonly #child: ChildProcess;

  /** Starts the program `file`, which calls `serve`. */
  constructor(file: URL) {
    this.#child = fork(fileURLToPath(file), { execArgv: process.execArgv });
  }

  get pid(): number {
    return this.#child.pid!;
  }

  /** One command at a time. @throws {Error} what the program threw, or that it has ended. */
  async ask<A extends Answer>(command: Command): Promise<A> {
    const answered = new AbortController();
    const { signal } = answered;
    try {
      const reply = once(this.#child, 'message', { signal });
      const ended = once(this.#child, 'exit', { signal }).then(([code]) => {
        throw new Error(`a program of the bench ended with ${code}`);
      });
      ended.catch(() => undefined);
      this.#child.send(command);
      const [message] = (await Promise.race([reply, ended])) as [Reply<A>];
      if ('error' in message) throw new Error(message.error);
      return message.answer;
    } finally {
      answered.abort();
    }
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.disconnect();
    await ended;
  }
}

/** Answers commands with `answer` until the other side is gone, then `end`s. */
export function serve<Command, Answer>(answer: (command: Command) => Promise<Answer>, end: () => Promise<void>): void {
  process.on('message', (command: Command) => {
    answer(command).then(
      (value) => process.send?.({ answer: value }),
      (error: Error) => process.send?.({ error: error.stack ?? String(error) }),
    );
  });
  process.on('disconnect', () => void end().finally(() => process.exit(0)));
}
