import { get as getPlain } from 'node:http';
import { get as getOverTls } from 'node:https';
import { createServer } from 'node:net';
import { json } from 'node:stream/consumers';
import type { Config } from '../config.ts';
import { messageOf } from '../errors.ts';
import { fine, type Verdict, wrong } from './check.ts';

const PATIENCE_MS = 3_000;

/** Looks whether the addresses are free, or are a collector's, which then is asked how it is. */
export async function checkPorts({ grpc, http, tls }: Pick<Config, 'grpc' | 'http' | 'tls'>): Promise<Verdict> {
  const [onGrpc, onHttp] = await Promise.all([obstacle(grpc), obstacle(http)]);
  if (onGrpc === null && onHttp === null) return fine(`${grpc} and ${http} are free`);
  const answer = onHttp === null ? null : await askCollector(http, tls !== null);
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
async function askCollector(http: string, hasTls: boolean): Promise<Verdict | null> {
  try {
    const { ok, checks } = (await readAnswer(`${http}/health/ready`, hasTls)) as {
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

/** Whose certificate it is does not matter: nothing is sent that anybody could want. */
function readAnswer(place: string, hasTls: boolean): Promise<unknown> {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  return new Promise((resolve, reject) => {
    const request = hasTls
      ? getOverTls(`https://${place}`, { signal, rejectUnauthorized: false, agent: false })
      : getPlain(`http://${place}`, { signal, agent: false });
    request.once('response', (answer) => json(answer).then(resolve, reject));
    request.once('error', reject);
  });
}
