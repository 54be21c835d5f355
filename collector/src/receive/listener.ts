import { lookup } from 'node:dns/promises';
import { createServer, isIP, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:tls';
import type { Logger } from '../log.ts';
import { secureContext } from '../tls/certificate-files.ts';
import type { CertificateSource } from '../tls/renewed-certificates.ts';
import type { ReceiveLimits } from './limits.ts';

/** A connection that has made no call. */
type Silent = { readonly socket: Socket; readonly acceptedAt: number };

/** What a listener needs to know of its surroundings. */
export type ListenerDesk = {
  readonly limits: ReceiveLimits;
  /** undefined = plain. */
  readonly tls: CertificateSource | undefined;
  /** Takes a connection over, after TLS where there is TLS. */
  readonly onConnection: (socket: Socket) => void;
  readonly log: Logger;
};

/**
 * Accepts connections, as many as there may be, ends TLS, and closes those that make no call in time. It stands before
 * gRPC, since grpc-js knows of a connection only when it is an HTTP/2 session, and bounds none.
 */
export class Listener {
  readonly #desk: ListenerDesk;
  readonly #servers: (Server | TlsServer)[] = [];
  readonly #sockets = new Set<Socket>();
  /** By address and port of the other side. */
  readonly #silent = new Map<string, Silent>();
  readonly #perPeer = new Map<string, number>();
  #refused = 0;

  constructor(desk: ListenerDesk) {
    this.#desk = desk;
    desk.tls?.onRenewed((certificates) => {
      for (const server of this.#servers) {
        if ('setSecureContext' in server) server.setSecureContext(secureContext(certificates));
      }
    });
  }

  /** Connections that are open. */
  get size(): number {
    return this.#sockets.size;
  }

  /**
   * Listens on every address that `address` (host:port) means; port 0 takes any free one.
   * @returns the port. Rejects where one cannot be had.
   */
  async listen(address: string): Promise<number> {
    const colon = address.lastIndexOf(':');
    const host = address.slice(0, colon).replace(/^\[|\]$/g, '');
    const hosts = isIP(host) === 0 ? await lookup(host, { all: true }) : [{ address: host }];
    let port = Number(address.slice(colon + 1));
    for (const one of hosts) port = await this.#listenOn(one.address, port);
    return port;
  }

  /** Somebody at this address and port has made a call. */
  noteCall(remoteAddress: string | undefined, remotePort: number | undefined): void {
    this.#silent.delete(nameOf(remoteAddress, remotePort));
  }

  /** Closes what has made no call in time; tells of what was refused. `now` is monotonic, ms. */
  sweep(now: number): void {
    const { firstCallMs, maxConnections, maxConnectionsPerPeer } = this.#desk.limits;
    let closed = 0;
    for (const { socket, acceptedAt } of this.#silent.values()) {
      if (now - acceptedAt < firstCallMs) continue;
      socket.destroy();
      closed += 1;
    }
    if (closed > 0) this.#desk.log.warn({ closed }, `closed connections that made no call within ${firstCallMs} ms`);
    if (this.#refused === 0) return;
    const said = { refused: this.#refused, open: this.size, maxConnections, maxConnectionsPerPeer };
    this.#desk.log.warn(said, 'refused connections: too many are open');
    this.#refused = 0;
  }

  /** Accepts no more, and closes what has made no call. Resolves when every connection has come to its end. */
  async close(): Promise<void> {
    const ends = this.#servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve())));
    for (const { socket } of this.#silent.values()) socket.destroy();
    await Promise.all(ends);
  }

  /** Closes every connection at once. */
  destroy(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async #listenOn(host: string, port: number): Promise<number> {
    const server = this.#createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host, port }, () => {
        server.off('error', reject);
        resolve();
      });
    });
    // Such as EMFILE at an accept: the others go on.
    server.on('error', (error) => this.#desk.log.error({ reason: error.message }, 'could not accept a connection'));
    this.#servers.push(server);
    const bound = server.address();
    return bound !== null && typeof bound === 'object' ? bound.port : port;
  }

  #createServer(): Server | TlsServer {
    const { tls, onConnection, log } = this.#desk;
    if (tls === undefined) {
      return createServer((socket) => {
        if (this.#accept(socket)) onConnection(socket);
      });
    }
    const asksClients = tls.current.clientCa !== null;
    const server = createTlsServer({
      ...secureContext(tls.current),
      ALPNProtocols: ['h2'],
      requestCert: asksClients,
      rejectUnauthorized: asksClients,
    });
    server.prependListener('connection', (socket: Socket) => this.#accept(socket));
    server.on('secureConnection', (socket) => {
      socket.on('error', () => undefined);
      onConnection(socket);
    });
    server.on('tlsClientError', (error, socket) => {
      log.debug({ peer: socket.remoteAddress, reason: error.message }, 'TLS failed');
      socket.destroy();
    });
    return server;
  }

  #accept(socket: Socket): boolean {
    // Every end of a socket is followed by `close`, which is what counts.
    socket.on('error', () => undefined);
    const { maxConnections, maxConnectionsPerPeer } = this.#desk.limits;
    const peer = socket.remoteAddress;
    const ofPeer = this.#perPeer.get(peer ?? '') ?? 0;
    if (peer === undefined || this.size >= maxConnections || ofPeer >= maxConnectionsPerPeer) {
      this.#refused += 1;
      socket.destroy();
      return false;
    }
    const name = nameOf(peer, socket.remotePort);
    this.#perPeer.set(peer, ofPeer + 1);
    this.#sockets.add(socket);
    this.#silent.set(name, { socket, acceptedAt: performance.now() });
    socket.once('close', () => {
      this.#sockets.delete(socket);
      if (this.#silent.get(name)?.socket === socket) this.#silent.delete(name);
      const left = (this.#perPeer.get(peer) ?? 1) - 1;
      if (left > 0) this.#perPeer.set(peer, left);
      else this.#perPeer.delete(peer);
    });
    return true;
  }
}

function nameOf(address: string | undefined, port: number | undefined): string {
  return `${address} ${port}`;
}
