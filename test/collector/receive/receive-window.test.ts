import assert from 'node:assert/strict';
import { connect } from 'node:http2';
import { test } from 'node:test';
import { REPORT_METHOD } from '@tidemark/proto';
import { RECEIVE_WINDOW } from '../../../collector/src/receive/receive-window.ts';
import { startServer, until } from './receive-set-up.ts';

test('a connection that has made a call may send a whole batch before any of it is read', async (t) => {
  const server = await startServer(t);
  const session = connect(`http://127.0.0.1:${server.port}`);
  t.after(() => session.destroy());
  const stream = session.request(
    { ':method': 'POST', ':path': REPORT_METHOD.path, 'content-type': 'application/grpc', te: 'trailers' },
    { endStream: false },
  );
  stream.on('error', () => undefined).resume();
  await until('a wider window of streams', () => session.remoteSettings.initialWindowSize === RECEIVE_WINDOW);
  await until('a wider window of the connection', () => session.state.remoteWindowSize === RECEIVE_WINDOW);
  assert.ok((session.remoteSettings.maxConcurrentStreams ?? Infinity) < 2 ** 32 - 1, 'the other settings stand');
});
