import { createAgent } from '@tidemark/agent';
import type { WatchSession } from './onnx-runs.ts';
import { SinkProcess } from './sink-process.ts';

/** Gives `work` sessions watched by an agent that ships to a collector in another process. */
export async function watchSessions<T>(work: (watch: WatchSession) => Promise<T>): Promise<T> {
  const sink = await SinkProcess.start();
  const agent = createAgent({ collector: sink.address, model: { name: 'bench', version: '1' } });
  const found = await work((session, model, columns) =>
    agent.wrapSession(session, {
      features: { x: columns },
      prediction: 'y',
      model: { name: 'bench', version: model },
    }),
  );
  await agent.stop();
  await sink.stop();
  return found;
}
