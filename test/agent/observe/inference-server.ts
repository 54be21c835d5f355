import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a test server does with one request: what it writes, and with which status and headers. */
export type Reply = {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
};

/**
 * A server of the Open Inference Protocol on a free port. Its model adds up the columns of input `x` and says whether
 * the sum is positive; which version it is, the test decides.
 */
export class InferenceServer {
  version = '1';
  /** Replies in the place of the model's. */
  reply: (() => Reply) | undefined;
  readonly seen: { readonly url: string; readonly body: string }[] = [];
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  url(path: string): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}${path}`;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    this.seen.push({ url: request.url ?? '', body });
    const { status = 200, headers = {}, body: answer } = this.reply?.() ?? this.#infer(request.url ?? '', body);
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(answer);
  }

  #infer(url: string, body: string): Reply {
    const match = /^\/v2\/models\/([^/]+)(?:\/versions\/([^/]+))?\/infer$/.exec(url);
    if (match === null) return { body: JSON.stringify({ ready: true }) };
    const { id, inputs } = JSON.parse(body);
    const x = inputs.find(({ name }: { name: string }) => name === 'x');
    const [rows, width] = x.shape;
    const flat: number[] = x.data.flat();
    const sums = Array.from({ length: rows }, (_, row) =>
      flat.slice(row * width, (row + 1) * width).reduce((sum, value) => sum + value, 0),
    );
    return {
      body: JSON.stringify({
        model_name: match[1],
        model_version: match[2] ?? this.version,
        id,
        outputs: [
          { name: 'label', datatype: 'BYTES', shape: [rows], data: sums.map((sum) => (sum > 0 ? 'up' : 'down')) },
          { name: 'score', datatype: 'FP64', shape: [rows, 1], data: sums },
        ],
      }),
    };
  }
}
