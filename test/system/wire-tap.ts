import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';

/** Passes a connection on and keeps every byte that goes to the other side. */
export type WireTap = { readonly address: string; readonly bytes: () => Buffer; stop(): Promise<void> };

/** Listens in front of `target` (host:port). */
export async function tapWire(target: string): Promise<WireTap> {
  const kept: Buffer[] = [];
  const open = new Set<Socket>();
  const [host = '', port = ''] = target.split(':');
  const server = createServer((near) => {
    const far = connect(Number(port), host);
    for (const socket of [near, far]) {
      open.add(socket);
      socket.on('error', () => {});
    }
    near.on('data', (bytes: Buffer) => void kept.push(bytes));
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    bytes: () => Buffer.concat(kept),
    stop: () =>
      new Promise((resolve) => {
        for (const socket of open) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
