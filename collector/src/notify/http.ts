import { lookup as systemLookup } from 'node:dns';
import { type ClientRequest, type IncomingMessage, request as requestPlain } from 'node:http';
import { request as requestTls } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { isPublicAddress } from './address.ts';
import { classify, type Outcome } from './outcome.ts';
import type { Receiver } from './receiver.ts';
import { redact } from './redact.ts';
import type { HttpRequest } from './translation.ts';

/** Longer answers are not read to the end; PagerDuty and Slack answer in a few hundred. */
export const MAX_RESPONSE_BYTES = 16_384;
/** For the whole exchange: name, connection, request and answer. */
export const REQUEST_TIMEOUT_MS = 10_000;
/** Characters of an answer that are kept in a cause. */
const MAX_DETAIL = 300;

/** The seams of the network. */
export type PostOptions = {
  /** Wall clock in ms, for a date in `Retry-After`. */
  readonly now: number;
  /** Defaults to REQUEST_TIMEOUT_MS. */
  readonly timeoutMs?: number;
  /** Gives the attempt up. */
  readonly signal?: AbortSignal;
  /** Finds the addresses of a name, in place of the system's. */
  readonly lookup?: LookupFunction;
};

class PrivateAddressError extends Error {}

/**
 * Sends one request and says how it ended; never throws. `node:http` instead of `fetch` because
 * the address has to be judged where the connection is made: a name that was public when it was
 * looked at can be private when it is connected to. Redirects are not followed, each request has
 * a connection of its own, and no cause names a secret of the receiver.
 */
export async function post(receiver: Receiver, request: HttpRequest, options: PostOptions): Promise<Outcome> {
  const timeoutMs = options.timeoutMs ?? REQUEST_TIMEOUT_MS;
  const deadline = AbortSignal.timeout(timeoutMs);
  const signal = options.signal === undefined ? deadline : AbortSignal.any([deadline, options.signal]);
  try {
    const response = await answerTo(receiver, request, signal, options.lookup);
    const detail = redact(await textOf(response), receiver).replace(/[\s\p{Cc}]+/gu, ' ');
    const retryAfter = response.headers['retry-after'];
    return classify(
      response.statusCode ?? 0,
      retryAfter,
      detail.trim().slice(0, MAX_DETAIL).toWellFormed(),
      options.now,
    );
  } catch (error) {
    if (error instanceof PrivateAddressError) return { kind: 'refused', cause: error.message };
    if (deadline.aborted) return { kind: 'retry', cause: `no answer within ${timeoutMs} ms` };
    if (signal.aborted) return { kind: 'retry', cause: 'given up before an answer came' };
    return { kind: 'retry', cause: redact(networkText(error), receiver) };
  }
}

function answerTo(
  receiver: Receiver,
  { url: address, headers, body }: HttpRequest,
  signal: AbortSignal,
  lookup: LookupFunction = systemLookup,
): Promise<IncomingMessage> {
  const url = new URL(address);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const send = url.protocol === 'https:' ? requestTls : requestPlain;
  return new Promise((resolve, reject) => {
    if (!receiver.allowPrivate && isIP(host) !== 0 && !isPublicAddress(host)) throw privateAddress(host);
    const outgoing: ClientRequest = send({
      method: 'POST',
      host,
      port: url.port === '' ? null : Number(url.port),
      path: url.pathname + url.search,
      headers: {
        'user-agent': 'Tidemark',
        accept: '*/*',
        ...headers,
        'content-length': Buffer.byteLength(body),
      },
      agent: false,
      lookup: receiver.allowPrivate ? lookup : publicOnly(lookup),
      signal,
    });
    outgoing.on('error', reject);
    outgoing.on('response', resolve);
    outgoing.end(body);
  });
}

/** A lookup that passes on public addresses only, so that the socket cannot be given another. */
export function publicOnly(lookup: LookupFunction): LookupFunction {
  return (host, options, callback) => {
    lookup(host, { ...options, all: true }, (error, found, family) => {
      if (error) return callback(error, []);
      const all = typeof found === 'string' ? [{ address: found, family: family ?? isIP(found) }] : found;
      const open = all.filter(({ address }) => isPublicAddress(address));
      const [first] = open;
      if (first === undefined) return callback(privateAddress(host), []);
      return options.all ? callback(null, open) : callback(null, first.address, first.family);
    });
  };
}

function privateAddress(host: string): PrivateAddressError {
  return new PrivateAddressError(`${host} is not a public address; set allow_private on the receiver if it is meant`);
}

/**
 * A whole answer, or nothing where it is too long or breaks off: a piece could end inside a secret
 * that is then not recognised. The status has come by now, so a broken body changes nothing else.
 */
async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > MAX_RESPONSE_BYTES) return '';
    }
  } catch {
    return '';
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Node gives several failed addresses as one AggregateError with an empty message. */
function networkText(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(networkText).join('; ');
  return error instanceof Error ? error.message : String(error);
}
