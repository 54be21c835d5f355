import { getCACertificates } from 'node:tls';
import { type ChannelCredentials, credentials, Metadata } from '@grpc/grpc-js';
import type { TlsOptions } from '../tls-options.ts';

/** How the collector is reached and asked. Without `tls` the connection is plain. */
export type LineSecurity = { readonly tls?: TlsOptions | undefined; readonly token?: string | undefined };

/**
 * Credentials of a channel. What proves this agent travels with every call: a token only as a header, over TLS as call
 * credentials, which gRPC does not give to a connection that is not encrypted.
 */
export function channelCredentials({ tls, token }: LineSecurity): ChannelCredentials {
  if (tls === undefined) return credentials.createInsecure();
  const { ca, cert, key } = tls;
  // grpc-js on its own would take the authorities Node was built with, and none that a machine adds to them.
  const roots = ca ?? getCACertificates('default').join('\n');
  const channel = credentials.createSsl(toBuffer(roots), toBuffer(key), toBuffer(cert));
  if (token === undefined) return channel;
  const bearer = credentials.createFromMetadataGenerator((_, done) => done(null, bearerOf(token)));
  return credentials.combineChannelCredentials(channel, bearer);
}

/** Headers of a call: the token, where the channel does not bring it. */
export function callHeaders({ tls, token }: LineSecurity): Metadata {
  return tls === undefined && token !== undefined ? bearerOf(token) : new Metadata();
}

/** Options of a channel whose certificate is held against another name. */
export function nameOptions({ tls }: LineSecurity): Record<string, string> {
  const name = tls?.serverName;
  return name === undefined ? {} : { 'grpc.ssl_target_name_override': name, 'grpc.default_authority': name };
}

function bearerOf(token: string): Metadata {
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${token}`);
  return metadata;
}

function toBuffer(pem: string | Buffer | undefined): Buffer | null {
  return pem === undefined ? null : Buffer.from(pem as string);
}
