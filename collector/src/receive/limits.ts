/** Bounds of the gRPC port. Counts, bytes, and times in ms. */
export type ReceiveLimits = {
  /** Connections over all, and of one address; what comes beyond is closed at once. */
  readonly maxConnections: number;
  readonly maxConnectionsPerPeer: number;
  /** Streams over all, and of one connection. */
  readonly maxStreams: number;
  readonly maxStreamsPerConnection: number;
  /** Bytes of metadata that one call may bring. */
  readonly maxMetadataBytes: number;
  /** Memory of all messages that were begun and are not complete; beyond it the oldest of them is given up. */
  readonly maxUnfinishedBytes: number;
  /** From a connection's beginning to its first call: TLS, HTTP/2 and the call's headers. */
  readonly firstCallMs: number;
  /** From a message's first byte to its last, while it is being read. */
  readonly messageMs: number;
  /** How long an answer may wait for its reader. */
  readonly unreadMs: number;
  /** From a stream's status to its end. */
  readonly closingMs: number;
  /** How long a connection may be without a stream. */
  readonly idleMs: number;
  /** How often a connection is asked for a sign of life, and how long that may take. */
  readonly keepaliveMs: number;
  readonly keepaliveTimeoutMs: number;
  /** How often the times are looked at. */
  readonly sweepMs: number;
};

/**
 * An agent has one connection with a stream or two and sends a batch in well under a second; a batch of 4 MiB takes
 * half a minute at 1 Mbit/s. 8 KiB of metadata are what gRPC takes by default
 * (https://grpc.io/docs/guides/metadata/).
 */
export const DEFAULT_LIMITS: ReceiveLimits = Object.freeze({
  maxConnections: 4_096,
  maxConnectionsPerPeer: 2_048,
  maxStreams: 4_096,
  maxStreamsPerConnection: 32,
  maxMetadataBytes: 8 * 1024,
  maxUnfinishedBytes: 64 * 1024 * 1024,
  firstCallMs: 20_000,
  messageMs: 60_000,
  unreadMs: 60_000,
  closingMs: 5_000,
  idleMs: 300_000,
  keepaliveMs: 30_000,
  keepaliveTimeoutMs: 10_000,
  sweepMs: 1_000,
});
