import { parentPort } from 'node:worker_threads';
import { messageOf } from '../errors.ts';
import type { ChanceAnswer, ChanceRequest } from './chance-thread.ts';
import { SubjectNulls } from './subject-nulls.ts';

// Drawing nulls takes seconds of CPU, in which a collector must go on receiving: so it is done in a thread of its own.
const port = parentPort;
if (port === null) throw new Error('chance-worker.ts is started by chance-thread.ts, as a worker thread');

const subjects = new Map<string, SubjectNulls>();

port.on('message', (request: ChanceRequest) => {
  if (request.kind === 'forget') {
    subjects.delete(request.key);
    return;
  }
  const { id, key, packed, window } = request;
  try {
    if (packed !== null) subjects.set(key, new SubjectNulls(packed));
    port.postMessage({ id, nulls: subjects.get(key)!.at(window) } satisfies ChanceAnswer);
  } catch (error) {
    port.postMessage({ id, error: messageOf(error) } satisfies ChanceAnswer);
  }
});
