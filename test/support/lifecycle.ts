import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

/** What everything startable keeps to. `stop` answers whether everything got out. */
export type Startable = {
  start?(): unknown;
  flush?(options: { readonly timeoutMs: number }): Promise<unknown>;
  stop(options: { readonly timeoutMs: number }): Promise<unknown>;
};

/** How the contract is run over one kind of thing. */
export type LifecycleSubject<T extends Startable> = {
  /** A fresh one, not started. */
  readonly make: () => Promise<T> | T;
  /** Releases what `make` took beside it; runs after every test. */
  readonly release?: (made: T) => Promise<void> | void;
  /** Longest a stop or flush may take with nothing in the way, in milliseconds. */
  readonly timeoutMs?: number;
};

/** The contract of start and stop, as a suite to be run over every startable thing. */
export function lifecycleSuite<T extends Startable>(name: string, subject: LifecycleSubject<T>): void {
  const options = { timeoutMs: subject.timeoutMs ?? 5_000 };
  const withOne = (body: (made: T) => Promise<void>) => async () => {
    const made = await subject.make();
    try {
      await body(made);
    } finally {
      await made.stop(options);
      await subject.release?.(made);
    }
  };

  describe(`${name}: start and stop`, () => {
    it(
      'stops before it was started',
      withOne(async (made) => void (await made.stop(options))),
    );

    it(
      'stops twice with the same answer',
      withOne(async (made) => {
        await made.start?.();
        const first = await made.stop(options);
        assert.deepEqual(await made.stop(options), first);
      }),
    );

    it(
      'gives calls of stop at the same time one answer',
      withOne(async (made) => {
        await made.start?.();
        const [one, other] = await Promise.all([made.stop(options), made.stop(options)]);
        assert.deepEqual(one, other);
      }),
    );

    it(
      'starts twice as once',
      withOne(async (made) => {
        await Promise.all([made.start?.(), made.start?.()]);
      }),
    );

    it(
      'flushes before start, while running and after stop',
      withOne(async (made) => {
        await made.flush?.(options);
        await made.start?.();
        await made.flush?.(options);
        await made.stop(options);
        await made.flush?.(options);
      }),
    );
  });
}
