import { type DescMessage, fromBinary, type MessageShape, toBinary } from '@bufbuild/protobuf';
import { Collector } from './gen/tidemark/v1/service_pb.ts';

/**
 * The method `Report` in the plain shape that `@grpc/grpc-js` wants of a method definition, for both
 * sides. It names no gRPC type, so that this package needs no transport.
 */
export const REPORT_METHOD = Object.freeze({
  path: `/${Collector.typeName}/${Collector.method.report.name}`,
  requestStream: true,
  responseStream: true,
  ...pack('request', Collector.method.report.input),
  ...pack('response', Collector.method.report.output),
} as const);

type Packing<P extends string, D extends DescMessage> = {
  readonly [K in `${P}Serialize`]: (message: MessageShape<D>) => Buffer;
} & { readonly [K in `${P}Deserialize`]: (bytes: Buffer) => MessageShape<D> };

function pack<P extends 'request' | 'response', D extends DescMessage>(prefix: P, schema: D): Packing<P, D> {
  return {
    [`${prefix}Serialize`]: (message: MessageShape<D>) => {
      const bytes = toBinary(schema, message);
      return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    },
    [`${prefix}Deserialize`]: (bytes: Buffer) => fromBinary(schema, bytes),
  } as Packing<P, D>;
}
