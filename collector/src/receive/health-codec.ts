import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/** `grpc.health.v1.HealthCheckResponse.ServingStatus` (https://github.com/grpc/grpc/blob/master/doc/health-checking.md). */
export const SERVING_STATUS = Object.freeze({ SERVING: 1, NOT_SERVING: 2, SERVICE_UNKNOWN: 3 } as const);
export type ServingStatus = (typeof SERVING_STATUS)[keyof typeof SERVING_STATUS];

/** A `HealthCheckRequest`: its field 1 names a service, empty = the whole server. */
export type HealthRequest = { readonly service: string };

/** Throws where the bytes are no message. An object, since grpc-js takes an empty text for no message at all. */
export function decodeHealthRequest(bytes: Uint8Array): HealthRequest {
  const reader = new BinaryReader(bytes);
  let service = '';
  while (reader.pos < reader.len) {
    const [number, type] = reader.tag();
    if (number === 1 && type === WireType.LengthDelimited) service = reader.string();
    else reader.skip(type, number);
  }
  return { service };
}

/** A `HealthCheckResponse`: its field 1 is the status. */
export function encodeHealthResponse(status: ServingStatus): Buffer {
  return Buffer.from(new BinaryWriter().tag(1, WireType.Varint).int32(status).finish());
}
