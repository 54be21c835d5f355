import { type ChannelCredentials, Client } from '@grpc/grpc-js';
import { LIMITS, REPORT_METHOD } from '@tidemark/proto';
import { callHeaders, channelCredentials, type LineSecurity, nameOptions } from './credentials.ts';
import type { ReportStream, StreamHandlers, Transport } from './transport.ts';

const CHANNEL_OPTIONS = Object.freeze({
  'grpc.max_send_message_length': LIMITS.maxBytes,
  'grpc.max_receive_message_length': LIMITS.maxBytes,
  // Retrying and backing off are the exporter's: a channel is thrown away when it fails.
  'grpc.enable_retries': 0,
  'grpc.use_local_subchannel_pool': 1,
  // No TXT look-ups for a service config that nobody publishes.
  'grpc.service_config_disable_resolution': 1,
  // A collector stands beside its services; a proxy meant for the web would not find it.
  'grpc.enable_http_proxy': 0,
});

/**
 * Streams to the collector over grpc-js. A channel without an open stream does not keep the process alive (grpc-js
 * unrefs idle sessions), so streams are ended when there is nothing left to answer.
 */
export class GrpcTransport implements Transport {
  readonly #address: string;
  readonly #security: LineSecurity;
  #credentials: ChannelCredentials | undefined;
  #client: Client | undefined;

  /** @param address `host:port`. @param security plain and without a token by default. */
  constructor(address: string, security: LineSecurity = {}) {
    this.#address = address;
    this.#security = security;
  }

  open({ onReceipt, onEnd }: StreamHandlers): ReportStream {
    // Reading a hundred and more authorities takes a while: once, and not before there is something to send.
    this.#credentials ??= channelCredentials(this.#security);
    this.#client ??= new Client(this.#address, this.#credentials, {
      ...CHANNEL_OPTIONS,
      ...nameOptions(this.#security),
    });
    const { path, responseDeserialize } = REPORT_METHOD;
    const call = this.#client.makeBidiStreamRequest(
      path,
      (bytes: Buffer) => bytes,
      responseDeserialize,
      callHeaders(this.#security),
    );
    call.on('data', onReceipt);
    // Every error is followed by the status that says the same.
    call.on('error', () => {});
    call.on('status', ({ code, details }) => onEnd({ code, details }));
    return {
      write: (bytes) => void call.write(bytes),
      end: () => void call.end(),
      cancel: () => call.cancel(),
    };
  }

  close(): void {
    this.#client?.close();
    this.#client = undefined;
  }
}
