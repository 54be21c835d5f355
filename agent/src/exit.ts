import type { FlushWait } from './export/exporter.ts';
import type { ExitSignal } from './line-options.ts';

/** What wants to send something before the process ends. */
export type Leaver = {
  readonly signals: readonly ExitSignal[];
  /** Whether there is anything to send. */
  readonly hasWork: () => boolean;
  /** Tries to send it; never rejects. */
  readonly flush: (wait: FlushWait) => Promise<unknown>;
  /** Does what can be done before it returns. */
  readonly leave: () => void;
};

/** How long a flush may hold up the end of the process. */
export const EXIT_FLUSH_MS = 2_000;

const leavers = new Set<Leaver>();
const listening = new Map<ExitSignal, () => void>();
let hasFlushed = false;

/**
 * Has `leaver` asked when this process (or worker thread) ends. The process has one listener for each kind of end,
 * however many there are, and none when there are none.
 * @returns gives it up.
 */
export function watchExit(leaver: Leaver): () => void {
  if (leavers.size === 0) {
    process.on('beforeExit', onBeforeExit);
    process.on('exit', onExit);
  }
  leavers.add(leaver);
  for (const signal of leaver.signals) listenTo(signal);
  return () => {
    if (!leavers.delete(leaver)) return;
    for (const signal of [...listening.keys()]) {
      if (![...leavers].some(({ signals }) => signals.includes(signal))) stopListeningTo(signal);
    }
    if (leavers.size > 0) return;
    process.off('beforeExit', onBeforeExit);
    process.off('exit', onExit);
  };
}

/**
 * The loop is empty: flushes, once in the life of the process, since each time it would be empty again afterwards;
 * without patience, since nobody asked for it.
 */
function onBeforeExit(): void {
  if (hasFlushed) return;
  hasFlushed = true;
  for (const { hasWork, flush } of leavers) if (hasWork()) void flush({ timeoutMs: EXIT_FLUSH_MS, untilFailure: true });
}

function onExit(): void {
  for (const { leave } of leavers) leave();
}

/** In front of all others, see `onSignal`. */
function listenTo(signal: ExitSignal): void {
  if (listening.has(signal)) return;
  const listener = () => onSignal(signal);
  listening.set(signal, listener);
  process.prependListener(signal, listener);
}

function stopListeningTo(signal: ExitSignal): void {
  const listener = listening.get(signal);
  if (listener !== undefined) process.off(signal, listener);
  listening.delete(signal);
}

/**
 * What the host does is not changed. Where it listens itself, it decides when the process ends, and we only flush
 * beside; our listener is gone while its listeners run, since some of them (signal-exit and its kind) look whether
 * they are the last. Where nobody else listens, the process would have died: it does, of the same signal, after the
 * flush. Process 1 of a container would not: the kernel shields it from signals without a listener.
 */
function onSignal(signal: ExitSignal): void {
  stopListeningTo(signal);
  const asked = [...leavers].filter(({ signals }) => signals.includes(signal));
  const flushed = Promise.allSettled(asked.map(({ flush }) => flush({ timeoutMs: EXIT_FLUSH_MS })));
  if (process.listenerCount(signal) > 0 || process.pid === 1) {
    setImmediate(() => listenAgain(signal));
    return;
  }
  // The same signal once more means at once.
  const die = () => {
    process.off(signal, die);
    for (const { leave } of leavers) leave();
    process.kill(process.pid, signal);
  };
  process.on(signal, die);
  void flushed.then(() => {
    if (process.listeners(signal).includes(die)) die();
  });
}

function listenAgain(signal: ExitSignal): void {
  if ([...leavers].some(({ signals }) => signals.includes(signal))) listenTo(signal);
}
