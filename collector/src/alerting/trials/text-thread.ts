import { Worker } from 'node:worker_threads';
import type { RanTests, ReadTexts, TextJob } from './text-trial.ts';
import { TrialEnd } from './trial.ts';
import type { TrialTime } from './trial-time.ts';

/** What the thread says. */
export type TextWord =
  | { readonly kind: 'progress'; readonly over: number; readonly of: number }
  | { readonly kind: 'result'; readonly result: ReadTexts | RanTests }
  | { readonly kind: 'failed'; readonly reason: string };

/** Memory of the thread, MiB: many times what a text of 1 MiB takes as a tree. */
const MAX_MEMORY = 512;

// URLs of workers are not rewritten by the compiler, so the name follows the file that asks.
const WORKER_URL = new URL(import.meta.url.endsWith('.ts') ? './text-worker.ts' : './text-worker.js', import.meta.url);

/**
 * Does a job in a thread of its own, which is ended with the time of the trial or when it takes too much memory.
 * @throws {TrialEnd} then, with how far it came.
 */
export async function inTextThread(job: TextJob & { kind: 'read' }, time: TrialTime): Promise<ReadTexts>;
export async function inTextThread(job: TextJob & { kind: 'test' }, time: TrialTime): Promise<RanTests>;
export async function inTextThread(job: TextJob, time: TrialTime): Promise<ReadTexts | RanTests> {
  const worker = new Worker(WORKER_URL, { workerData: job, resourceLimits: { maxOldGenerationSizeMb: MAX_MEMORY } });
  const { promise, resolve, reject } = Promise.withResolvers<ReadTexts | RanTests>();
  worker.on('message', (word: TextWord) => {
    if (word.kind === 'progress') time.so = `${word.over} of ${word.of} tests had been run`;
    else if (word.kind === 'result') resolve(word.result);
    else reject(new Error(`the thread that tries rules failed: ${word.reason}`));
  });
  worker.on('error', (error: Error & { code?: string }) => {
    const isMemory = error.code === 'ERR_WORKER_OUT_OF_MEMORY';
    const message = `this takes more than ${MAX_MEMORY} MiB of memory: try less at once`;
    reject(isMemory ? new TrialEnd({ kind: 'unusable', message }) : error);
  });
  worker.on('exit', () => reject(new Error('the thread that tries rules ended without a word')));
  try {
    return await time.within(promise);
  } finally {
    await worker.terminate();
  }
}
