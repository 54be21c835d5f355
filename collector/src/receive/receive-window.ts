import type { Http2Session } from 'node:http2';

/**
 * What may be on its way to us before we have read any of it, in bytes, of a connection and of each of its streams: most batches as
 * a whole. With the 65 535 that HTTP/2 begins with (RFC 9113, 6.5.2 and 6.9.2) the end of each waits until a thread that is merging
 * has a moment to ask for it: a tenth less was taken in. Memory a stream may cost that is not read on, too.
 */
export const RECEIVE_WINDOW = 128 * 1024;

const widened = new WeakSet<Http2Session>();

/** Opens the window of a connection, once. grpc-js 1.14 has a setting for that on the side of clients only. */
export function widenWindow(session: Http2Session | undefined): void {
  if (session === undefined || session.destroyed || widened.has(session)) return;
  widened.add(session);
  session.settings({ initialWindowSize: RECEIVE_WINDOW });
  session.setLocalWindowSize(RECEIVE_WINDOW);
}
