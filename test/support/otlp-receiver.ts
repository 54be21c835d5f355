import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

/** One export as it came: where to, as what, and its bytes without compression. */
export type OtlpExport = { readonly path: string; readonly contentType: string; readonly body: Buffer };

/** Takes exports by OTLP over HTTP and keeps them. One that hangs reads everything and never answers. */
export class OtlpReceiver {
  readonly exports: OtlpExport[] = [];
  readonly #server: Server;
  #arrived: (() => void)[] = [];

  private constructor({ hangs }: { hangs: boolean }) {
    this.#server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const bytes = Buffer.concat(chunks);
      const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes;
      this.exports.push({ path: request.url ?? '', contentType: request.headers['content-type'] ?? '', body });
      for (const tell of this.#arrived.splice(0)) tell();
      if (!hangs) response.setHeader('content-type', request.headers['content-type'] ?? '').end();
    });
  }

  static async start(options = { hangs: false }): Promise<OtlpReceiver> {
    const receiver = new OtlpReceiver(options);
    receiver.#server.listen(0, '127.0.0.1');
    await once(receiver.#server, 'listening');
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Waits for an export of which this holds. @throws after `limitMs`. */
  async until(holds: (one: OtlpExport) => boolean, limitMs = 20_000): Promise<OtlpExport> {
    const late = AbortSignal.timeout(limitMs);
    for (;;) {
      const found = this.exports.find(holds);
      if (found !== undefined) return found;
      await new Promise<void>((resolve, reject) => {
        late.addEventListener('abort', () => reject(new Error(`no such export within ${limitMs} ms`)));
        this.#arrived.push(resolve);
      });
    }
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
