import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '../../errors.ts';
import type { TextWord } from './text-thread.ts';
import { readTexts, runTests, type TextJob } from './text-trial.ts';

// A long rule file takes seconds to check, and a test as long as it likes: a collector must go on receiving meanwhile.
const port = parentPort;
if (port === null) throw new Error('text-worker.ts is started by text-thread.ts, as a worker thread');

const say = (word: TextWord) => port.postMessage(word);
const job = workerData as TextJob;

try {
  const result =
    job.kind === 'read'
      ? readTexts(job.rules, job.incidents)
      : await runTests(job.rules, job.test, (over, of) => say({ kind: 'progress', over, of }));
  say({ kind: 'result', result });
} catch (error) {
  say({ kind: 'failed', reason: messageOf(error) });
}
