import { createServer } from 'node:net';
import type { Config } from '../config.ts';
import { messageOf } from '../errors.ts';
import { fine, type Verdict, wrong } from './check.ts';

const PATIENCE_MS = 3_000;

/** Looks whether the addresses are free, or are a collector's, which then is asked how it is. */
export async function checkPorts({ grpc, http }: Pick<Config, 'grpc' | 'http'>): Promise<Verdict> {
  const [onGrpc, onHttp] = await Promise.all([obstacle(grpc), obstacle(http)]);
  if (onGrpc === null && onHttp === null) return fine(`${grpc} and ${http} are free`);
  const answer = onHttp === null ? null : await askCollector(http);
  if (answer !== null) return answer;
  const taken = [onGrpc === null ? [] : `${grpc}: ${onGrpc}`, onHttp === null ? [] : `${http}: ${onHttp}`].flat();
  return wrong(`cannot listen on ${taken.join('; ')}, and no collector answers on ${http}`);
}

/** Why nobody can listen there; null where one can. */
function obstacle(address: string): Promise<string | null> {
  const colon = address.lastIndexOf(':');
  const host = address.slice(0, colon).replace(/^\[|\]$/g, '');
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => resolve(messageOf(error)));
    server.listen(Number(address.slice(colon + 1)), host, () => server.close(() => resolve(null)));
  });
}

/** What a collector at that address says of itself; null where something else answers, or nothing. */
async function askCollector(http: string): Promise<Verdict | null> {
  try {
    const answer = await fetch(`http://${http}/health/ready`, { signal: AbortSignal.timeout(PATIENCE_MS) });
    const { ok, checks } = (await answer.json()) as {
      ok?: boolean;
      checks?: readonly { name: string; ok: boolean; detail: string }[];
    };
    if (!Array.isArray(checks)) return null;
    if (ok === true) return fine(`a collector answers on ${http} and is ready`);
    const why = checks.filter((check) => !check.ok).map(({ name, detail }) => `${name}: ${detail}`);
    return wrong(`the collector on ${http} is not ready: ${why.join('; ')}`);
  } catch {
    // Whatever has the port does not speak HTTP, or not ours.
    return null;
  }
}
