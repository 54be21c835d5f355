import { monotonicMs } from '../clock.ts';
import { shielded } from '../shield.ts';
import type { Call, CallWatch } from './call-watch.ts';
import type { InferCall, InferWatch } from './infer-watch.ts';

// `POST /v2/models/{name}[/versions/{version}]/infer`, also below a prefix.
const INFER_PATH = /\/v2\/models\/([^/?#]+)(?:\/versions\/([^/?#]+))?\/infer\/?(?:[?#]|$)/;

// Of the binary tensor data extension: how many bytes of the body are JSON; the rest are tensors.
const JSON_LENGTH_HEADER = 'inference-header-content-length';

// A larger body is not parsed a second time on the host's thread; its call is counted without its values.
const MAX_BODY_BYTES = 4 * 1024 * 1024;

type FetchResponse = {
  readonly ok?: unknown;
  readonly headers?: { get(name: string): string | null };
  clone?(): { readonly body: AsyncIterable<Uint8Array> | null };
};

type BodyCopy = { readonly body: AsyncIterable<Uint8Array>; readonly jsonLength: string | null | undefined };

/**
 * Sees what a `fetch` asks of servers of the Open Inference Protocol; other requests pass. The caller's bodies stay
 * unread: the request's is looked at where it is text or bytes, the response's in a clone.
 */
export class FetchWatch implements CallWatch {
  /** `end` has to run before the caller may read the body, since a body that was read cannot be cloned. */
  readonly replaces = true;
  readonly #infer: InferWatch;
  readonly #failed: (error: unknown) => void;

  /** @param failed told of what goes wrong after the caller has the response. */
  constructor(infer: InferWatch, failed: (error: unknown) => void) {
    this.#infer = infer;
    this.#failed = failed;
  }

  begin([input, init]: readonly unknown[]): InferCall | undefined {
    const match = INFER_PATH.exec(addressOf(input));
    if (match === null) return undefined;
    const [, model, version] = match.map((part) => (part === undefined ? undefined : decoded(part)));
    return this.#infer.ask(requestOf(init), { model, version });
  }

  end(call: Call, result: unknown): undefined {
    const response = (result ?? {}) as FetchResponse;
    if (response.ok !== true) {
      this.#infer.fail(call as InferCall);
      return;
    }
    const latencyMs = monotonicMs() - call.startedMs;
    void this.#read(call as InferCall, copyOf(response), latencyMs);
  }

  fail(call: Call): void {
    this.#infer.fail(call as InferCall);
  }

  lose(call: Call): void {
    this.#infer.lose(call as InferCall);
  }

  /** Never rejects. */
  async #read(call: InferCall, copy: BodyCopy | undefined, latencyMs: number): Promise<void> {
    let answer: unknown;
    try {
      if (copy !== undefined) answer = jsonOf(await bytesOf(copy.body), copy.jsonLength);
    } catch {
      // The caller gave up, or it is no JSON: the call is counted without its answer.
      answer = undefined;
    }
    shielded(() => this.#infer.answer(call, answer, latencyMs), this.#failed)();
  }
}

/** What can be read of a response beside the caller; undefined where nothing can. */
function copyOf(response: FetchResponse): BodyCopy | undefined {
  try {
    const { headers } = response;
    if (Number(headers?.get('content-length') ?? 0) > MAX_BODY_BYTES) return undefined;
    const body = response.clone?.().body;
    return body === null || body === undefined ? undefined : { body, jsonLength: headers?.get(JSON_LENGTH_HEADER) };
  } catch {
    // No Response as the standard has it, or one whose body has been read before we came.
    return undefined;
  }
}

function addressOf(input: unknown): string {
  if (typeof input === 'string') return input;
  const { href, url } = (input ?? {}) as { href?: unknown; url?: unknown };
  return typeof href === 'string' ? href : typeof url === 'string' ? url : '';
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // Not the address of anything: the server will say so.
    return part;
  }
}

function requestOf(init: unknown): unknown {
  const { body, headers } = (init ?? {}) as { body?: unknown; headers?: unknown };
  try {
    if (typeof body === 'string') return body.length <= MAX_BODY_BYTES ? JSON.parse(body) : undefined;
    if (!(body instanceof Uint8Array)) return undefined;
    return jsonOf(body, new Headers(headers as ConstructorParameters<typeof Headers>[0]).get(JSON_LENGTH_HEADER));
  } catch {
    // Compressed, or no JSON: the server will say so.
    return undefined;
  }
}

async function bytesOf(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    // Leaving cancels the clone; the caller's body goes on.
    if (size > MAX_BODY_BYTES) break;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The JSON of a body, without the tensors that may follow it. */
function jsonOf(bytes: Uint8Array, jsonLength: string | null | undefined): unknown {
  const length = jsonLength === null || jsonLength === undefined ? bytes.length : Number(jsonLength);
  if (length > MAX_BODY_BYTES) return undefined;
  return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, length)));
}
